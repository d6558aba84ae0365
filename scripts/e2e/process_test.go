package e2e_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// imd is the all-in-one as a process of its own, for what only a process can show: its one line of output, kill -9 and its
// exit code.
type imd struct {
	t       testing.TB
	binary  string
	data    string
	http    string
	ws      string
	log     io.Writer // of all that it writes to standard error
	args    []string  // beside the usual ones
	command *exec.Cmd
}

// built makes a program once for all tests that start it.
var built = map[string]func() (string, error){
	"imd":   sync.OnceValues(func() (string, error) { return build("imd") }),
	"imctl": sync.OnceValues(func() (string, error) { return build("imctl") }),
}

func build(name string) (string, error) {
	binary := filepath.Join(scratch, "bin", name)
	out, err := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "im-backend/scripts/"+name).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build %s: %w: %s", name, err, out)
	}
	return binary, nil
}

func newIMD(t testing.TB, args ...string) *imd {
	t.Helper()
	binary, err := built["imd"]()
	require.NoError(t, err)
	i := &imd{t: t, binary: binary, args: args, data: t.TempDir(), http: "127.0.0.1:0", ws: "127.0.0.1:0", log: os.Stderr}
	t.Cleanup(func() {
		if i.command != nil {
			_ = i.command.Process.Kill()
			_ = i.command.Wait()
		}
	})
	return i
}

// start runs imd until it is ready. A restart listens where the first start did, as clients expect.
func (i *imd) start() {
	i.t.Helper()
	i.command = exec.Command(i.binary, append([]string{"--data", i.data, "--http", i.http, "--ws", i.ws}, i.args...)...)
	i.command.Stderr = i.log
	out, err := i.command.StdoutPipe()
	require.NoError(i.t, err)
	require.NoError(i.t, i.command.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(i.t, err)
	var api, ws string
	_, err = fmt.Sscanf(line, "ready api=%s ws=%s", &api, &ws)
	require.NoError(i.t, err, line)
	i.http = strings.TrimPrefix(api, "http://")
	i.ws = strings.TrimSuffix(strings.TrimPrefix(ws, "ws://"), "/ws")
}

// newPerson registers an account there.
func (i *imd) newPerson() *person { return i.register(unique("user-")) }

func (i *imd) url() string { return "http://" + i.http }

func (i *imd) kill() {
	i.t.Helper()
	require.NoError(i.t, i.command.Process.Kill())
	_ = i.command.Wait() // it was killed
	i.command = nil
}

func (i *imd) register(name string) *person {
	i.t.Helper()
	p := &person{Client: imclient.New(i.url()), t: i.t, name: name}
	signedIn, err := p.Register(i.t.Context(), name, password, "", device("web"))
	require.NoError(i.t, err)
	p.user, p.id = signedIn.User, signedIn.User.UserID
	return p
}

// login signs a person in again: sessions do not survive a restart of the embedded Redis.
func (i *imd) login(p *person) {
	i.t.Helper()
	p.Client = imclient.New(i.url())
	_, err := p.Login(i.t.Context(), p.name, password, device("web"))
	require.NoError(i.t, err)
}

func TestNothingThatWasAnsweredIsLostByAKill(t *testing.T) {
	t.Parallel()
	i := newIMD(t)
	i.start()
	a, b := i.register("alice"), i.register("bob")
	befriend(t, a, b)
	id := single(a, b)

	const retried = "one-id-for-all"
	var mu sync.Mutex
	answered := map[string]int64{} // clientMsgId → seq
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	send := func(m imclient.Outgoing) bool {
		sent, err := a.SendMessage(ctx, m)
		if err != nil {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		if seq, again := answered[m.ClientMsgID]; again {
			require.Equal(t, seq, sent.Seq)
		}
		answered[m.ClientMsgID] = sent.Seq
		return true
	}
	for n := range 8 {
		writing.Go(func() {
			for k := 0; ctx.Err() == nil; k++ {
				m := imclient.Text("hello")
				m.ConversationID, m.ClientMsgID = id, fmt.Sprintf("w%d-%d", n, k)
				if !send(m) {
					return // killed: unknown
				}
			}
		})
	}
	eventually(t, "traffic", func(context.Context) bool { mu.Lock(); defer mu.Unlock(); return len(answered) > 200 })
	for range 50 {
		writing.Go(func() {
			m := imclient.Text("once")
			m.ConversationID, m.ClientMsgID = id, retried
			send(m)
		})
	}
	i.kill()
	stop()
	writing.Wait()
	ctx, stop = context.WithCancel(t.Context())
	defer stop()

	i.start()
	i.login(a)
	i.login(b)
	for range 50 { // the retries go on after the restart
		writing.Go(func() {
			m := imclient.Text("once")
			m.ConversationID, m.ClientMsgID = id, retried
			require.True(t, send(m))
		})
	}
	writing.Wait()
	history := b.history(id)
	requireRun(t, history, 1, len(history))
	bySeq, once := map[int64]string{}, 0
	for _, m := range history {
		bySeq[m.Seq] = m.ClientMsgID
		if m.ClientMsgID == retried {
			once++
		}
	}
	require.Equal(t, 1, once)
	for clientMsgID, seq := range answered {
		require.Equal(t, clientMsgID, bySeq[seq], "an answered message is missing")
	}
	list, err := a.Friends(t.Context(), 0, 0, "")
	require.NoError(t, err)
	require.Len(t, list.Items, 1, "friends survive")

	began := time.Now()
	require.NoError(t, i.command.Process.Signal(syscall.SIGINT))
	require.NoError(t, i.command.Wait(), "Ctrl-C ends with exit code 0")
	require.Less(t, time.Since(began), 15*time.Second)
	i.command = nil
}
