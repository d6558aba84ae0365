package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/scripts/imd/system"
)

// conflicts are refusals of what does not fit to what is there already.
func conflicts() map[string]refusal {
	return map[string]refusal{
		"USERNAME_TAKEN": {http.StatusConflict, func(t scene) []error {
			return only(imclient.New(sys.APIURL()).Register(t.Context(), newPerson(t).name, password, "", device("web")))
		}},
		"PHONE_TAKEN": {http.StatusConflict, func(t scene) []error { return taken(t, "phone", phone()) }},
		"EMAIL_TAKEN": {http.StatusConflict, func(t scene) []error { return taken(t, "email", unique("me-")+"@example.org") }},
		"ALREADY_FRIENDS": {http.StatusConflict, func(t scene) []error {
			a, b := friends(t)
			return only(a.AddFriend(t.Context(), b.id, ""))
		}},
		"ALREADY_MEMBER": {http.StatusConflict, func(t scene) []error {
			owner, member := newPerson(t), newPerson(t)
			id, _ := groupOf(t, "open", owner, member)
			return only(member.JoinGroup(t.Context(), id, ""))
		}},
		"REQUEST_ALREADY_HANDLED": {http.StatusConflict, func(t scene) []error {
			a, b := newPerson(t), newPerson(t)
			request, err := a.AddFriend(t.Context(), b.id, "")
			require.NoError(t, err)
			_, err = b.AcceptFriend(t.Context(), request.RequestID, "")
			require.NoError(t, err)
			_, rejecting := b.RejectFriend(t.Context(), request.RequestID)
			return append(only(a.CancelFriend(t.Context(), request.RequestID)), rejecting)
		}},
		"CLIENT_MSG_ID_REUSED": {http.StatusConflict, func(t scene) []error {
			a, b := friends(t)
			m := textTo(single(a, b))
			for _, id := range []string{m.ClientMsgID, m.ClientMsgID + "-"} {
				used := imclient.Outgoing{ClientMsgID: id, ConversationID: single(a, b), Type: "text", Content: map[string]string{"text": "other"}}
				_, err := a.SendMessage(t.Context(), used)
				require.NoError(t, err)
			}
			return a.tells(m)
		}},
		"MESSAGE_RECALLED": {http.StatusConflict, func(t scene) []error {
			a, b := friends(t)
			sent := a.say(single(a, b), "hello")
			_, err := a.Recall(t.Context(), single(a, b), sent.Seq)
			require.NoError(t, err)
			ask := map[string]any{"conversationId": single(a, b), "seq": sent.Seq, "emoji": "👍"}
			return []error{
				b.Pin(t.Context(), single(a, b), sent.Seq), b.React(t.Context(), single(a, b), sent.Seq, "👍"),
				b.connect(0).Request(t.Context(), "message.react", ask, nil),
			}
		}},
		"MESSAGE_EXPIRES": {http.StatusConflict, func(t scene) []error {
			a, b := friends(t)
			m := textTo(single(a, b))
			m.ExpireAfterRead = 60
			sent, err := a.SendMessage(t.Context(), m)
			require.NoError(t, err)
			f := imclient.Forwarding{To: []string{single(a, b)}}
			f.From.ConversationID, f.From.Seqs = single(a, b), []int64{sent.Seq}
			return only(b.Forward(t.Context(), f))
		}},
		"ALREADY_SENT": {http.StatusConflict, func(t scene) []error {
			a, b := friends(t)
			before := len(a.history(single(a, b)))
			got, err := a.ScheduleMessage(t.Context(), textTo(single(a, b)), in(200*time.Millisecond))
			require.NoError(t, err)
			eventually(t, "it is sent", func(context.Context) bool { return len(a.history(single(a, b))) > before })
			return []error{a.CancelScheduled(t.Context(), got.ScheduledID)}
		}},
	}
}

// phone makes a number that no other test of any run uses.
func phone() string { return fmt.Sprintf("+49%012d", rand.Int64N(1e12)) }

// taken gives a person something that another one wants too.
func taken(t testing.TB, field, value string) []error {
	t.Helper()
	_, err := newPerson(t).UpdateMe(t.Context(), map[string]any{field: value})
	require.NoError(t, err)
	return only(newPerson(t).UpdateMe(t.Context(), map[string]any{field: value}))
}

// limits are refusals of one more, on a tight system.
func limits(s *system.System) map[string]refusal {
	people := func(t scene, n int) []*person {
		out := make([]*person, n)
		for i := range out {
			out[i] = newPersonOn(t, s)
		}
		return out
	}
	pair := func(t scene) (a, b *person, sent imclient.Sent) {
		p := people(t, 2)
		befriend(t, p[0], p[1])
		p[0].say(single(p[0], p[1]), "first")
		return p[0], p[1], p[0].say(single(p[0], p[1]), "hello")
	}
	cases := groupLimits(people)
	for reason, reach := range map[string]func(t scene) []error{
		"FRIEND_LIMIT_REACHED": func(t scene) []error {
			p := people(t, 3)
			request, err := p[2].AddFriend(t.Context(), p[0].id, "")
			require.NoError(t, err)
			befriend(t, p[0], p[1])
			_, err = p[0].AcceptFriend(t.Context(), request.RequestID, "")
			return append(only(p[0].AddFriend(t.Context(), p[2].id, "")), err)
		},
		"PEER_FRIEND_LIMIT_REACHED": func(t scene) []error {
			p := people(t, 3)
			request, err := p[0].AddFriend(t.Context(), p[2].id, "")
			require.NoError(t, err)
			befriend(t, p[1], p[0])
			return only(p[2].AcceptFriend(t.Context(), request.RequestID, ""))
		},
		"FRIEND_REQUEST_LIMIT_REACHED": func(t scene) []error {
			p := people(t, 3)
			_, err := p[0].AddFriend(t.Context(), p[1].id, "")
			require.NoError(t, err)
			_, refused := p[0].AddFriend(t.Context(), p[2].id, "")
			_, err = p[2].AddFriend(t.Context(), p[0].id, "")
			require.NoError(t, err)
			_, err = p[0].AddFriend(t.Context(), p[2].id, "")
			require.NoError(t, err, "a crossing request is an answer")
			return []error{refused}
		},
		"TAG_LIMIT_REACHED": func(t scene) []error {
			a, b, _ := pair(t)
			return only(a.UpdateFriend(t.Context(), b.id, map[string]any{"tags": []string{"one", "two"}}))
		},
		"BLOCK_LIMIT_REACHED": func(t scene) []error {
			p := people(t, 3)
			require.NoError(t, p[0].Block(t.Context(), p[1].id))
			require.NoError(t, p[0].Block(t.Context(), p[1].id), "a repeat takes no more room")
			return []error{p[0].Block(t.Context(), p[2].id)}
		},
		"RECALL_WINDOW_PASSED": func(t scene) []error {
			a, b, sent := pair(t)
			eventually(t, "the window is over", func(context.Context) bool { return time.Now().UnixMilli() > sent.ServerTime })
			return only(a.Recall(t.Context(), single(a, b), sent.Seq))
		},
		"EDIT_WINDOW_PASSED": func(t scene) []error {
			a, b, sent := pair(t)
			eventually(t, "the window is over", func(context.Context) bool { return time.Now().UnixMilli() > sent.ServerTime })
			return only(a.Edit(t.Context(), single(a, b), sent.Seq, map[string]string{"text": "other"}))
		},
		"REACTION_LIMIT_REACHED": func(t scene) []error {
			a, b, sent := pair(t)
			require.NoError(t, a.React(t.Context(), single(a, b), sent.Seq, "👍"))
			return []error{b.React(t.Context(), single(a, b), sent.Seq, "👎")}
		},
		"PIN_LIMIT_REACHED": func(t scene) []error {
			a, b, sent := pair(t)
			require.NoError(t, a.Pin(t.Context(), single(a, b), sent.Seq))
			return []error{b.Pin(t.Context(), single(a, b), sent.Seq-1)}
		},
		"SCHEDULE_LIMIT_REACHED": func(t scene) []error {
			a, b, _ := pair(t)
			_, err := a.ScheduleMessage(t.Context(), textTo(single(a, b)), in(time.Hour))
			require.NoError(t, err)
			return only(a.ScheduleMessage(t.Context(), textTo(single(a, b)), in(time.Hour)))
		},
	} {
		cases[reason] = refusal{http.StatusConflict, reach}
	}
	cases["RATE_LIMITED"] = refusal{http.StatusTooManyRequests, func(t scene) []error {
		p := newPersonOn(t, s)
		_, err := p.SearchUsers(t.Context(), p.name, 0, "")
		require.NoError(t, err)
		return only(p.SearchUsers(t.Context(), p.name, 0, ""))
	}}
	return cases
}

// groupLimits are those of groups: three members, one admin, one invite, one ban, one request, and one group for each user.
func groupLimits(people func(t scene, n int) []*person) map[string]refusal {
	return map[string]refusal{
		"GROUP_FULL": {http.StatusConflict, func(t scene) []error {
			p := people(t, 4)
			id, _ := groupOf(t, "open", p[0], p[1], p[2])
			return only(p[3].JoinGroup(t.Context(), id, ""))
		}},
		"GROUP_LIMIT_REACHED": {http.StatusConflict, func(t scene) []error {
			p := people(t, 2)
			group(t, p[0])
			id, _ := groupOf(t, "open", p[1])
			_, err := p[0].JoinGroup(t.Context(), id, "")
			return append(only(p[0].CreateGroup(t.Context(), imclient.NewGroup{Name: "another"})), err)
		}},
		"ADMIN_LIMIT_REACHED": {http.StatusConflict, func(t scene) []error {
			p := people(t, 3)
			g, _ := group(t, p[0], p[1], p[2])
			admin := map[string]any{"role": "admin"}
			_, err := p[0].UpdateMember(t.Context(), g.GroupID, p[1].id, admin)
			require.NoError(t, err)
			return only(p[0].UpdateMember(t.Context(), g.GroupID, p[2].id, admin))
		}},
		"INVITE_LIMIT_REACHED": {http.StatusConflict, func(t scene) []error {
			p := people(t, 1)
			g, _ := group(t, p[0])
			_, err := p[0].CreateInvite(t.Context(), g.GroupID, 0, 0)
			require.NoError(t, err)
			return only(p[0].CreateInvite(t.Context(), g.GroupID, 0, 0))
		}},
		"BAN_LIMIT_REACHED": {http.StatusConflict, func(t scene) []error {
			p := people(t, 3)
			g, _ := group(t, p[0])
			require.NoError(t, p[0].BanUser(t.Context(), g.GroupID, p[1].id))
			return []error{p[0].BanUser(t.Context(), g.GroupID, p[2].id)}
		}},
		"JOIN_REQUEST_LIMIT_REACHED": {http.StatusConflict, func(t scene) []error {
			p := people(t, 3)
			id, _ := groupOf(t, "approval", p[0])
			_, err := p[1].JoinGroup(t.Context(), id, "")
			require.NoError(t, err)
			return only(p[2].JoinGroup(t.Context(), id, ""))
		}},
	}
}
