//go:build compose

package compose_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

const (
	pairs      = 4
	password   = "correct horse battery"
	sendPause  = 20 * time.Millisecond // of one writer, between two messages
	sendPeriod = 2 * time.Minute       // a writer that has no answer after it has lost the system
)

// account is one user of the load.
type account struct {
	*imclient.Client
	id, name string
}

// writer sends one message after the other to one conversation, each until it is answered, and keeps what was.
type writer struct {
	from, to     *account
	conversation string
	device       *imclient.Device

	mu       sync.Mutex
	answered map[string]imclient.Sent // by clientMsgId
	failed   error
}

// load is writers at work.
type load struct {
	t       *testing.T
	writers []*writer
	stop    context.CancelFunc
	working sync.WaitGroup
}

// startLoad makes people and lets them write until verify.
func startLoad(t *testing.T) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l := &load{t: t, stop: cancel}
	t.Cleanup(func() { cancel(); l.working.Wait() })
	for range pairs {
		w := &writer{from: register(t), to: register(t), answered: map[string]imclient.Sent{}}
		request, err := w.from.AddFriend(ctx, w.to.id, "")
		require.NoError(t, err)
		_, err = w.to.AcceptFriend(ctx, request.RequestID, "")
		require.NoError(t, err)
		w.conversation = conversation(ctx, t, w.from)
		w.device = imclient.NewDevice(w.from.Client, imclient.DeviceOptions{URL: socket, MaxBackoff: time.Second})
		l.working.Go(func() { _ = w.device.Run(ctx) })
		l.working.Go(func() { w.write(ctx) })
		l.writers = append(l.writers, w)
	}
	return l
}

func register(t *testing.T) *account {
	t.Helper()
	a := &account{Client: imclient.New(api), name: "load" + strings.ToLower(rand.Text()[:12])}
	in, err := a.Register(t.Context(), a.name, password, "", device())
	require.NoError(t, err)
	a.id = in.User.UserID
	return a
}

func device() imclient.DeviceInfo {
	return imclient.DeviceInfo{DeviceID: rand.Text(), Platform: "linux", Name: "load"}
}

// conversation is the one that a new friend has with the other.
func conversation(ctx context.Context, t *testing.T, a *account) (id string) {
	t.Helper()
	require.Eventually(t, func() bool {
		page, err := a.Conversations(ctx, 10, "")
		require.NoError(t, err)
		for _, c := range page.Items {
			if strings.HasPrefix(c.ConversationID, "s:") {
				id = c.ConversationID
			}
		}
		return id != ""
	}, 20*time.Second, 50*time.Millisecond)
	return id
}

func (w *writer) write(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		m := imclient.Text(fmt.Sprintf("message %d", n))
		m.ConversationID, m.ClientMsgID = w.conversation, fmt.Sprintf("%s-%d", w.from.name, n)
		sending, cancel := context.WithTimeout(ctx, sendPeriod)
		sent, err := w.device.Send(sending, m)
		cancel()
		w.mu.Lock()
		if err == nil {
			w.answered[m.ClientMsgID] = sent
		} else if ctx.Err() == nil {
			w.failed = fmt.Errorf("message %d of %s: %w", n, w.from.name, err)
		}
		stopped := w.failed != nil
		w.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(sendPause):
		}
		if stopped {
			return
		}
	}
}

func (w *writer) progress() (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.answered), w.failed
}

// answers is how many messages were answered.
func (l *load) answers() (n int) {
	for _, w := range l.writers {
		count, _ := w.progress()
		n += count
	}
	return n
}

// goesOn waits until every writer has been answered some more times and says how long that took.
func (l *load) goesOn() time.Duration {
	l.t.Helper()
	const more = 5
	began := time.Now()
	for _, w := range l.writers {
		from, _ := w.progress()
		require.Eventually(l.t, func() bool {
			count, err := w.progress()
			require.NoError(l.t, err)
			return count >= from+more
		}, time.Minute, 20*time.Millisecond, "nothing is answered")
	}
	return time.Since(began)
}

// verify ends the load and checks what was promised: each of two devices that are new finds every answered message, once, where it was
// answered to be, in a log without holes.
func (l *load) verify() int {
	l.t.Helper()
	l.stop()
	l.working.Wait()
	for _, w := range l.writers {
		_, err := w.progress()
		require.NoError(l.t, err)
		for _, reader := range []*account{w.from, w.to} {
			w.verify(l.t, reader)
		}
	}
	return l.answers()
}

func (w *writer) verify(t *testing.T, reader *account) {
	t.Helper()
	fresh := imclient.New(api)
	_, err := fresh.Login(t.Context(), reader.name, password, device())
	require.NoError(t, err)
	found := map[string]int64{}
	for after := int64(0); ; {
		page, err := fresh.HistoryAfter(t.Context(), w.conversation, after, 200)
		require.NoError(t, err)
		for _, m := range page.Items {
			require.Equal(t, after+1, m.Seq, "a hole")
			after = m.Seq
			_, twice := found[m.ClientMsgID]
			require.False(t, m.ClientMsgID != "" && twice, "%s is there twice", m.ClientMsgID)
			found[m.ClientMsgID] = m.Seq
		}
		if !page.HasMore {
			break
		}
	}
	for id, sent := range w.answered {
		require.Equal(t, sent.Seq, found[id], "%s was answered", id)
	}
}
