package e2e_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"im-backend/common/imclient"
	"im-backend/common/model/imuser"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/wire"
)

// accounts makes so many users who never sign in, in the database of user-service: to register them would take hours.
func accounts(t testing.TB, n int) []string {
	t.Helper()
	db, err := dbx.Open(dbx.Config{DSN: sys.Stores().DSN["im_user"], MaxOpen: 1})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	first, names := time.Now().UnixMicro(), unique("crowd-") // ids that are made elsewhere are larger
	rows, ids := make([]imuser.User, n), make([]string, n)
	for i := range rows {
		id := first + int64(i)
		name := fmt.Sprint(names, "-", i)
		rows[i] = imuser.User{ID: id, Username: name, UsernameKey: name, Nickname: name, NicknameKey: name, Status: "active", CreatedAt: 1, UpdatedAt: 1}
		ids[i] = strconv.FormatInt(id, 10)
	}
	for from := 0; from < n; from += 500 { // others want to write too, and SQLite takes long over long statements
		some := rows[from:min(from+500, n)]
		require.NoError(t, db.Tx(t.Context(), func(tx *gorm.DB) error { return tx.CreateInBatches(&some, 16).Error }))
	}
	return ids
}

// everyMember turns the pages of a member list.
func everyMember(t testing.TB, p *person, groupID string, filter imclient.MemberFilter) map[string]imclient.Member {
	t.Helper()
	members, read := map[string]imclient.Member{}, 0
	for cursor := ""; ; {
		page, err := p.FindMembers(t.Context(), groupID, filter, 200, cursor)
		require.NoError(t, err)
		for _, m := range page.Items {
			members[m.UserID] = m
			read++
		}
		if cursor = page.NextCursor; cursor == "" {
			require.Len(t, members, read, "nobody is told twice")
			return members
		}
	}
}

// TestAGroupOfACrowdIsUsedLikeAnyOther: made by import, listed, written in, muted in and kicked from.
func TestAGroupOfACrowdIsUsedLikeAnyOther(t *testing.T) {
	t.Parallel()
	p := people(t, 5)
	owner, writer, absent, quiet, kicked := p[0], p[1], p[2], p[3], p[4]
	crowd := accounts(t, crowdMembers-len(p))
	for _, one := range p[1:] {
		crowd = append(crowd, one.id)
	}
	out, err := imctl(t, strings.Join(crowd, "\n"), "-etcd", sys.Stores().Etcd, "groups", "import", "--owner", owner.id, "--name", "the crowd")
	require.NoError(t, err, out)
	require.Contains(t, out, fmt.Sprintf("%d read, ", len(crowd))) // what had to be asked for twice is not counted as added
	mine, err := owner.Groups(t.Context(), 0, "")
	require.NoError(t, err)
	require.EqualValues(t, crowdMembers, mine.Items[0].MemberCount)
	g := mine.Items[0].GroupID
	id := "g:" + g

	members := everyMember(t, writer, g, imclient.MemberFilter{})
	require.Len(t, members, crowdMembers)
	require.Equal(t, "owner", members[owner.id].Role)
	require.Len(t, everyMember(t, writer, g, imclient.MemberFilter{Name: absent.name}), 1)

	devices := []*watcher{owner.watch(0, nil), writer.watch(1, nil), kicked.watch(1, nil)}
	m := imclient.Text("hello everybody")
	m.ConversationID, m.Mentions = id, []string{absent.id}
	sent, err := writer.SendMessage(t.Context(), m)
	require.NoError(t, err)
	last := writer.say(id, "and once more").Seq
	for _, device := range devices {
		eventually(t, "who is there has both", watched(device, id, last))
	}
	v := absent.conversation(id)
	require.Equal(t, []any{int64(2), true, int64(1), sent.Seq}, []any{v.Unread, v.Mentioned, v.MentionCount, v.FirstMention})
	require.Contains(t, absent.synced(id), sent.Seq)

	_, err = owner.UpdateMember(t.Context(), g, quiet.id, map[string]any{"mutedUntil": time.Now().Add(time.Hour).UnixMilli()})
	require.NoError(t, err)
	m = imclient.Text("may I")
	m.ConversationID = id
	_, err = quiet.SendMessage(t.Context(), m)
	requireReason(t, err, http.StatusForbidden, "MUTED")
	require.NoError(t, owner.RemoveMember(t.Context(), g, kicked.id))
	end := writer.say(id, "without one").Seq
	eventually(t, "the others have it", watched(devices[0], id, end))
	_, err = kicked.SendMessage(t.Context(), m)
	requireReason(t, err, http.StatusForbidden, "NOT_GROUP_MEMBER")
	for _, seen := range [][]wire.Message{devices[2].seen(id), kicked.history(id)} {
		require.Less(t, seen[len(seen)-1].Seq, end, "nothing after the kick")
	}
	require.Len(t, everyMember(t, writer, g, imclient.MemberFilter{}), crowdMembers-1)
	requireReconciledGroups(t, "-etcd", sys.Stores().Etcd, "groups", "reconcile", "--group", g)
}
