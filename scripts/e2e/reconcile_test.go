package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/failpoint"
	"im-backend/scripts/imd/embedded"
	"im-backend/scripts/imd/system"
)

// imctl runs a command of operators with something to read, and answers what it printed.
func imctl(t testing.TB, in string, args ...string) (string, error) {
	t.Helper()
	binary, err := built["imctl"]()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Stdin = strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// requireReconciled checks that group-service and chat-service, which flags tell where to find, agree about every group.
func requireReconciled(t testing.TB, flags ...string) {
	t.Helper()
	requireReconciledGroups(t, append(flags, "groups", "reconcile")...)
}

// requireReconciledGroups has groups compared, again and again while a service is just coming back.
func requireReconciledGroups(t testing.TB, args ...string) {
	t.Helper()
	var out string
	var err error
	eventually(t, "the services are back", func(context.Context) bool {
		out, err = imctl(t, "", args...)
		return err == nil || !strings.Contains(out, "UNAVAILABLE")
	})
	require.NoError(t, err, out)
	require.Empty(t, out)
}

// fields are a group for each command that may be interrupted, of one owner.
type fields struct {
	owner, member, outsider, asker *person

	added, kicked, accepted, banned string // group ids
	request                         string // of the asker
}

// newFields makes the groups; register makes people.
func newFields(t testing.TB, register func() *person) *fields {
	t.Helper()
	f := &fields{owner: register(), member: register(), outsider: register(), asker: register()}
	f.added, _ = groupOf(t, "approval", f.owner, f.member)
	f.kicked, _ = groupOf(t, "approval", f.owner, f.member)
	f.accepted, _ = groupOf(t, "approval", f.owner, f.member)
	f.banned, _ = groupOf(t, "approval", f.owner, f.member)
	asked, err := f.asker.JoinGroup(t.Context(), f.accepted, "")
	require.NoError(t, err)
	f.request = asked.Request.RequestID
	return f
}

// command is one of the changes. It may fail.
type command struct {
	name string
	run  func(ctx context.Context) error
}

func (f *fields) commands() []command {
	return []command{
		{"create", func(ctx context.Context) error {
			_, err := f.owner.CreateGroup(ctx, imclient.NewGroup{Name: "another", MemberIDs: []string{f.member.id}})
			return err
		}},
		{"add", func(ctx context.Context) error {
			_, err := f.owner.AddMembers(ctx, f.added, f.outsider.id)
			return err
		}},
		{"kick", func(ctx context.Context) error { return f.owner.RemoveMember(ctx, f.kicked, f.member.id) }},
		{"accept", func(ctx context.Context) error {
			_, err := f.owner.AcceptJoin(ctx, f.accepted, f.request)
			return err
		}},
		{"ban", func(ctx context.Context) error { return f.owner.BanUser(ctx, f.banned, f.member.id) }},
	}
}

// requireWhole checks, after the same commands were given once more, that each change happened and stands in its log once.
func (f *fields) requireWhole(t testing.TB) {
	t.Helper()
	for id, want := range map[string]string{f.added: "member.joined", f.kicked: "member.kicked", f.accepted: "member.joined", f.banned: "member.kicked"} {
		require.Equal(t, []string{"group.created", want}, eventsOf(t, f.owner.history("g:"+id)))
	}
	list, err := f.owner.Groups(t.Context(), 200, "")
	require.NoError(t, err)
	for _, g := range list.Items {
		events := eventsOf(t, f.owner.history("g:"+g.GroupID))
		require.Equal(t, "group.created", events[0])
		require.NotContains(t, events[1:], "group.created")
	}
	accepted := 0
	for _, n := range f.asker.notices() {
		require.Equal(t, "accepted", n.Status)
		accepted++
	}
	require.Equal(t, 1, accepted, "the asker is told once")
}

// again gives every command once more, as somebody does who got no answer. What was done already says so.
func (f *fields) again(t testing.TB) {
	t.Helper()
	for _, c := range f.commands() {
		err := c.run(t.Context())
		if reason := imclient.Reason(err); reason != "USER_NOT_FOUND" && reason != "REQUEST_ALREADY_HANDLED" {
			require.NoError(t, err, c.name)
		}
	}
}

// relogin signs the people in at another address, after a restart that ended their sessions.
func (f *fields) relogin(t testing.TB, url string) {
	t.Helper()
	for _, p := range []*person{f.owner, f.member, f.outsider, f.asker} {
		p.Client = imclient.New(url)
		_, err := p.Login(t.Context(), p.name, password, device("web"))
		require.NoError(t, err)
	}
}

// groupPoints are the places between two steps of a group's command: the commit of group-service, the append of chat-service and its
// commit, and the end of the row in the outbox.
var groupPoints = []string{
	"group-service/store/before-commit", "group-service/store/after-commit", "chat-service/committer/before-commit",
	"chat-service/committer/after-commit", "outbox/sent",
}

var errDied = errors.New("the process died on purpose")

// restart stops the system under test with its services in the middle of what they do, and starts it again on the same data.
// Nothing else may use it meanwhile: the test is not parallel.
func restart(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	require.NoError(t, sys.Stop(ctx))
	again, err := system.Start(ctx, options(scratch))
	require.NoError(t, err)
	sys.System = again
}

// TestAGroupAndItsLogAgreeWhereverTheProcessDies: on the stores of the system under test, embedded or real.
//
//nolint:paralleltest // a fail point is the whole process's
func TestAGroupAndItsLogAgreeWhereverTheProcessDies(t *testing.T) {
	for _, point := range groupPoints {
		f := newFields(t, func() *person { return newPerson(t) })
		t.Run(point, func(t *testing.T) {
			failpoint.Set(t, point, func(about any) error { return fmt.Errorf("%w at %v", errDied, about) })
			for _, c := range f.commands() {
				err := c.run(t.Context())
				if strings.HasPrefix(point, "group-service/") || c.name == "kick" || c.name == "ban" {
					require.Error(t, err, "%s has no answer before its last step", c.name)
				}
			}
			restart(t)
		})
		requireReconciled(t, "-etcd", sys.Stores().Etcd)
		f.relogin(t, sys.APIURL())
		f.again(t)
		f.requireWhole(t)
		requireReconciled(t, "-etcd", sys.Stores().Etcd)
	}
}

func TestKillsLeaveNoGroupBetweenTwoStates(t *testing.T) {
	t.Parallel()
	i := newIMD(t)
	var groups, chat string
	start := func() { // where the operator finds the services
		t.Helper()
		var err error
		groups, err = embedded.FreeAddr()
		require.NoError(t, err)
		chat, err = embedded.FreeAddr()
		require.NoError(t, err)
		i.args = []string{
			"--set", "GROUP_LISTEN=" + groups, "--set", "CHAT_LISTEN=" + chat, "--set", "PASSWORD_MEMORY_KIB=64", "--set", "PASSWORD_ITERATIONS=1",
		}
		i.start()
	}
	start()
	for round := range 3 {
		f := newFields(t, i.newPerson)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		began := make(chan struct{}, len(f.commands()))
		var giving sync.WaitGroup
		giving.Go(func() { // until the kill: who is in the middle of a command gets no answer
			for _, c := range f.commands() {
				began <- struct{}{}
				_ = c.run(ctx)
			}
		})
		for range round + 2 { // in the middle of another command each time
			<-began
		}
		i.kill()
		cancel()
		giving.Wait()
		start()
		f.relogin(t, i.url())
		f.again(t)
		requireReconciled(t, "-group", groups, "-chat", chat)
		f.requireWhole(t)
	}
}

func TestOperatorsImportAGroup(t *testing.T) {
	t.Parallel()
	p := people(t, 4)
	run := func(in string, args ...string) string {
		t.Helper()
		out, err := imctl(t, in, append([]string{"-etcd", sys.Stores().Etcd, "groups"}, args...)...)
		require.NoError(t, err, out)
		return out
	}
	out := run(p[1].id+"\n"+p[2].id+"\n", "import", "--owner", p[0].id, "--name", "the staff", "--max", "3")
	require.Contains(t, out, "2 read, 2 added")
	mine, err := p[0].Groups(t.Context(), 0, "")
	require.NoError(t, err)
	require.Len(t, mine.Items, 1)
	g := mine.Items[0]
	require.Equal(t, []any{"the staff", int32(3), "owner"}, []any{g.Name, g.MemberCount, g.MyRole})
	p[2].say("g:"+g.GroupID, "here I am")
	require.Equal(t, []string{"group.created", "member.joined", "text"}, eventsOf(t, p[0].history("g:"+g.GroupID)))
	require.Equal(t, "2 read, 0 added\n", run(p[1].id+"\n"+p[2].id, "import", "--group", g.GroupID))
	require.Empty(t, run("", "reconcile", "--group", g.GroupID))
	out, err = imctl(t, p[3].id, "-etcd", sys.Stores().Etcd, "groups", "import", "--group", g.GroupID)
	require.Error(t, err)
	require.Contains(t, out, "GROUP_FULL")
	_, err = imctl(t, "", "-etcd", sys.Stores().Etcd, "groups", "reconcile", "--group", "1")
	require.Error(t, err)
}
