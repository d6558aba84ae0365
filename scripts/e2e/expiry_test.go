package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// whisper sends a text that is gone some seconds after it was read.
func (p *person) whisper(to, body string, seconds int64) imclient.Sent {
	p.t.Helper()
	m := imclient.Text(body)
	m.ConversationID, m.ExpireAfterRead = to, seconds
	sent, err := p.SendMessage(p.t.Context(), m)
	require.NoError(p.t, err)
	return sent
}

// gone waits until a message has been recalled by the system, and answers the seq of the recall.
func (p *person) gone(id string, seq int64) int64 {
	p.t.Helper()
	var recall int64
	eventually(p.t, "the message is gone", func(context.Context) bool {
		for _, m := range p.history(id) {
			if m.Type == "recall" && string(m.Content) == fmt.Sprintf(`{"targetSeq":%d}`, seq) {
				require.Equal(p.t, "0", m.SenderID)
				recall = m.Seq
			}
		}
		return recall > 0
	})
	return recall
}

func TestAMessageIsGoneSomeTimeAfterItWasRead(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	watching := b.watch(1, nil)
	kept := a.whisper(id, "the unread secret", 604800)
	sent := a.whisper(id, "the secret", 1)
	_, err := a.Edit(t.Context(), id, sent.Seq, map[string]string{"text": "the secret, too"})
	require.NoError(t, err)
	require.NoError(t, b.Pin(t.Context(), id, sent.Seq))
	require.EqualValues(t, 1, b.entry(id, sent.Seq).ExpireAfterRead)
	eventually(t, "it is pushed", watched(watching, id, sent.Seq))
	pushed := watching.seen(id)
	at := slices.IndexFunc(pushed, func(m wire.Message) bool { return m.Seq == sent.Seq })
	require.EqualValues(t, 1, pushed[at].ExpireAfterRead, "so that a client can count down")

	require.NoError(t, b.MarkRead(t.Context(), id, sent.Seq))
	recall := b.gone(id, sent.Seq)
	for _, p := range []*person{a, b} {
		require.NotContains(t, p.raw(id), "the secret")
		require.Empty(t, p.find(imclient.MessageSearch{Text: "too"}))
		require.NotZero(t, p.entry(id, sent.Seq).RecalledAt)
	}
	eventually(t, "the recall is pushed", watched(watching, id, recall))
	script := imclient.NewTranscript(b.id)
	for _, m := range watching.seen(id) {
		script.Apply(m)
	}
	shown, _ := script.Message(sent.Seq)
	require.JSONEq(t, `{}`, string(shown.Content))
	require.Zero(t, b.entry(id, kept.Seq).RecalledAt, "a week is not over")
}

func TestInAGroupAMessageGoesAfterTheFirstReader(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	_, id := group(t, a, b)
	secret := a.whisper(id, "the secret", 1)
	require.NoError(t, a.MarkRead(t.Context(), id, secret.Seq), "one's own reading is none")
	b.say(id, "who answers has read")
	a.gone(id, secret.Seq)
	require.NotContains(t, b.raw(id), "the secret")
}

func TestWhatExpiresIsNotForwardedAndHasBounds(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	secret := a.whisper(id, "the secret", 60)
	for _, merge := range []bool{false, true} {
		f := imclient.Forwarding{To: []string{"s:" + b.id + ":" + b.id}, Merge: merge, Title: "x"}
		f.From.ConversationID, f.From.Seqs = id, []int64{secret.Seq}
		_, err := b.Forward(t.Context(), f)
		requireReason(t, err, http.StatusConflict, "MESSAGE_EXPIRES")
	}
	conn := a.connect(0)
	for to, seconds := range map[string]int64{id: -1, "g:1": 604801, "s:" + a.id + ":" + a.id: 1} {
		m := imclient.Text("x")
		m.ConversationID, m.ExpireAfterRead = to, seconds
		_, err := a.SendMessage(t.Context(), m)
		api := requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
		require.Equal(t, "expireAfterRead", api.Fields[0].Field)
		require.Equal(t, "INVALID_ARGUMENT", imclient.Reason(conn.Request(t.Context(), "message.send", m, nil)))
	}
}

func TestAScheduledMessageMayExpire(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	m := imclient.Text("the secret")
	m.ToUserID, m.ExpireAfterRead = b.id, 1
	got, err := a.ScheduleMessage(t.Context(), m, time.Now().Add(200*time.Millisecond).UnixMilli())
	require.NoError(t, err)
	require.EqualValues(t, 1, got.Message.ExpireAfterRead)
	var seq int64
	eventually(t, "it is sent", func(context.Context) bool {
		log := b.history(id)
		last := log[len(log)-1]
		seq = last.Seq
		return last.ExpireAfterRead == 1
	})
	require.NoError(t, b.MarkRead(t.Context(), id, seq))
	b.gone(id, seq)
}

func TestOperatorsRecallAnyMessage(t *testing.T) {
	t.Parallel()
	imctl, err := built["imctl"]()
	require.NoError(t, err)
	a, b := friends(t)
	_, id := group(t, a, b)
	sent := a.say(id, "unlawful")
	run := func(seq int64) (string, error) {
		cmd := exec.CommandContext(t.Context(), imctl, "-etcd", sys.Stores().Etcd, "messages", "recall", id, fmt.Sprint(seq))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := run(sent.Seq)
	require.NoError(t, err, out)
	recall := b.gone(id, sent.Seq)
	require.Equal(t, fmt.Sprintf("recalled: entry %d\n", recall), out)
	require.NotContains(t, b.raw(id), "unlawful")
	out, err = run(sent.Seq)
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("it was recalled before: entry %d\n", recall), out)
	out, err = run(1000)
	require.Error(t, err)
	require.Contains(t, out, "MESSAGE_NOT_FOUND")
}
