package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/utils/errs"
)

// sides are a group-service and a chat-service with one group, which a test makes differ.
type sides struct {
	grouppb.UnimplementedGroupServiceServer
	chatpb.UnimplementedChatServiceServer
	group   *grouppb.Group
	ours    []*grouppb.Member
	chat    *chatpb.DumpGroupResponse // its members are all of them
	theirs  []*chatpb.DumpedMember
	flushed func() // when the outbox is sent
	flaws   int    // calls of ImportMembers that fail
	chunks  [][]int64
}

func (s *sides) DumpGroups(_ context.Context, in *grouppb.DumpGroupsRequest) (*grouppb.DumpGroupsResponse, error) {
	if in.GetAfter() >= s.group.GetGroupId() {
		return &grouppb.DumpGroupsResponse{}, nil
	}
	return &grouppb.DumpGroupsResponse{Groups: []*grouppb.Group{s.group}}, nil
}

func (s *sides) DumpMembers(_ context.Context, in *grouppb.DumpMembersRequest) (*grouppb.DumpMembersResponse, error) {
	rest := slices.DeleteFunc(slices.Clone(s.ours), func(m *grouppb.Member) bool { return m.GetUserId() <= in.GetAfter() })
	return &grouppb.DumpMembersResponse{Members: rest[:min(len(rest), int(in.GetLimit()))]}, nil
}

func (s *sides) FlushOutbox(context.Context, *grouppb.FlushOutboxRequest) (*grouppb.FlushOutboxResponse, error) {
	if s.flushed != nil {
		s.flushed()
	}
	return &grouppb.FlushOutboxResponse{}, nil
}

func (s *sides) DumpGroup(_ context.Context, in *chatpb.DumpGroupRequest) (*chatpb.DumpGroupResponse, error) {
	if s.chat == nil {
		return nil, errs.ErrConversationNotFound
	}
	rest := slices.DeleteFunc(slices.Clone(s.theirs), func(m *chatpb.DumpedMember) bool { return m.GetUserId() <= in.GetAfter() })
	return &chatpb.DumpGroupResponse{
		Members: rest[:min(len(rest), int(in.GetLimit()))], Settings: s.chat.GetSettings(), Dismissed: s.chat.GetDismissed(),
		MemberCount: s.chat.GetMemberCount(),
	}, nil
}

func (s *sides) ImportGroup(_ context.Context, in *grouppb.ImportGroupRequest) (*grouppb.ImportGroupResponse, error) {
	s.group = &grouppb.Group{GroupId: 50, OwnerId: in.GetOwnerId(), Name: in.GetName(), MaxMembers: in.GetMaxMembers()}
	return &grouppb.ImportGroupResponse{Group: s.group}, nil
}

func (s *sides) ImportMembers(_ context.Context, in *grouppb.ImportMembersRequest) (*grouppb.ImportMembersResponse, error) {
	if s.flaws > 0 {
		s.flaws--
		return nil, errs.ErrUnavailable
	}
	if slices.Contains(in.GetUserIds(), 404) {
		return nil, errs.ErrUserNotFound
	}
	s.chunks = append(s.chunks, in.GetUserIds())
	return &grouppb.ImportMembersResponse{Added: int32(len(in.GetUserIds()))}, nil
}

// same is a group of n members about which both sides agree.
func same(n int) *sides {
	s := &sides{
		group: &grouppb.Group{GroupId: 50, MemberCount: int32(n), MentionAllRole: "admin", Version: 1},
		chat:  &chatpb.DumpGroupResponse{MemberCount: int64(n), Settings: &chatpb.GroupSettings{MentionAllRole: "admin"}},
	}
	for user := int64(1); user <= int64(n); user++ {
		s.ours = append(s.ours, &grouppb.Member{UserId: user, Role: "member"})
		s.theirs = append(s.theirs, &chatpb.DumpedMember{UserId: user, Role: "member"})
	}
	return s
}

func (s *sides) start(t *testing.T) []string {
	t.Helper()
	addr := serve(t, func(server *grpc.Server) {
		grouppb.RegisterGroupServiceServer(server, s)
		chatpb.RegisterChatServiceServer(server, s)
	})
	return []string{"-group", addr, "-chat", addr, "groups"}
}

func TestWhatIsTheSameIsNotPrinted(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 3, dumpedMembers, dumpedMembers + 1} {
		flags := same(n).start(t)
		for _, args := range [][]string{{"reconcile"}, {"reconcile", "--group", "50"}} {
			code, out, errOut := call(t, append(flags, args...)...)
			require.Zero(t, code, errOut)
			require.Empty(t, out+errOut)
		}
	}
}

func TestEveryDifferenceIsPrinted(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(s *sides){
		"chat-service does not know it":                                           func(s *sides) { s.chat = nil },
		"member 2: in chat-service only\ncounts 3 members, has 2":                 func(s *sides) { s.ours = slices.Delete(s.ours, 1, 2) },
		"member 3: missing in chat-service\nchat-service counts 3 members, has 2": func(s *sides) { s.theirs = s.theirs[:2] },
		"member 1: owner, in chat-service member":                                 func(s *sides) { s.ours[0].Role = "owner" },
		"member 1: muted until 7, in chat-service until 0":                        func(s *sides) { s.ours[0].MutedUntil = 7 },
		"dismissed: true, in chat-service false":                                  func(s *sides) { s.group.Dismissed = true },
		"muted until 0, in chat-service until 9":                                  func(s *sides) { s.chat.Settings.MutedAllUntil = 9 },
		"slow mode of 5 s, in chat-service of 0 s":                                func(s *sides) { s.group.SlowModeSeconds = 5 },
		"admin may mention all, in chat-service owner":                            func(s *sides) { s.chat.Settings.MentionAllRole = "owner" },
	} {
		s := same(3)
		change(s)
		code, out, errOut := call(t, append(s.start(t), "reconcile")...)
		require.Equal(t, 1, code, want)
		require.Empty(t, errOut)
		require.Equal(t, "group 50: "+strings.ReplaceAll(want, "\n", "\ngroup 50: ")+"\n", out)
	}
}

func TestAGroupThatMovesIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	s := same(3)
	s.theirs = s.theirs[:2]
	s.chat.MemberCount = 2
	looks := 0
	s.flushed = func() { // a member joins while it looks; the second look finds it on both sides
		s.group.Version++
		if looks++; looks == 2 {
			s.theirs, s.chat.MemberCount = same(3).theirs, 3
		}
	}
	code, out, errOut := call(t, append(s.start(t), "reconcile")...)
	require.Zero(t, code, out+errOut)
	require.Equal(t, 2, looks)

	s = same(3)
	s.theirs[0].Role = "admin"
	s.flushed = func() { s.group.Version++ }
	code, out, _ = call(t, append(s.start(t), "reconcile")...)
	require.Equal(t, 1, code)
	require.Equal(t, "group 50: member 1: member, in chat-service admin\n", out, "what stays is no movement")
}

func TestAnImportGoesInChunksAndOn(t *testing.T) {
	t.Parallel()
	s := &sides{flaws: 1}
	flags := s.start(t)
	var list strings.Builder
	for user := 1000; user < 3500; user++ {
		list.WriteString(strconv.Itoa(user) + "\n\n")
	}
	file := filepath.Join(t.TempDir(), "ids")
	require.NoError(t, os.WriteFile(file, []byte(list.String()), 0o600))
	code, out, errOut := call(t, append(flags, "import", "--owner", "7", "--name", "all", "--max", "9000", file)...)
	require.Zero(t, code, errOut)
	require.Equal(t, "group 50 is made; if the rest fails, go on with --group 50\n2500 read, 2500 added\n", out)
	require.Equal(t, []any{int64(7), "all", int32(9000)}, []any{s.group.GetOwnerId(), s.group.GetName(), s.group.GetMaxMembers()})
	require.Len(t, s.chunks, 3)
	require.Equal(t, []int{1000, 1000, 500}, []int{len(s.chunks[0]), len(s.chunks[1]), len(s.chunks[2])})

	require.NoError(t, os.WriteFile(file, []byte("5\n404\n"), 0o600))
	code, _, errOut = call(t, append(flags, "import", "--group", "50", file)...)
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "add the 2 users up to line 2")
	require.Contains(t, errOut, "USER_NOT_FOUND")
	require.NoError(t, os.WriteFile(file, []byte("5\nann\n"), 0o600))
	code, _, errOut = call(t, append(flags, "import", "--group", "50", file)...)
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "line 2")
	code, _, errOut = call(t, append(flags, "import", "--group", "50", file+".none")...)
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "no such file")
	for _, args := range [][]string{
		{"import"},
		{"import", "--owner", "7"},
		{"import", "--owner", "7", "--name", "x", "--max", "0"},
		{"import", "--group", "5", "a", "b"},
		{"reconcile", "x"},
		{"reconcile", "--group", "-1"},
		{"dance"},
	} {
		code, _, _ = call(t, append(flags, args...)...)
		require.Equal(t, 2, code, "%v", args)
	}
}
