package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"google.golang.org/grpc"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/utils/errs"
)

// The sizes of what is read in one piece, and how often a group that moves meanwhile is looked at again.
const (
	dumpedGroups  = 200
	dumpedMembers = 5000
	lookAgain     = 10
)

// errDiffers is the failure of a comparison that has already said what it found.
var errDiffers = errors.New("group-service and chat-service differ")

// reconcileGroups compares the groups of group-service with what chat-service knows of them, one group or all of them. It changes
// nothing, but for the outbox, which it has sent.
func reconcileGroups(args []string) (command, bool) {
	var only int64
	flags := flag.NewFlagSet("groups reconcile", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Int64Var(&only, "group", 0, "")
	if flags.Parse(args) != nil || flags.NArg() > 0 || only < 0 {
		return nil, false
	}
	return func(ctx context.Context, o options, out io.Writer) error {
		groups, closing, err := connect(ctx, o, "group", o.group, grouppb.NewGroupServiceClient)
		if err != nil {
			return err
		}
		defer closing()
		chat, closingChat, err := connect(ctx, o, "chat", o.chat, chatpb.NewChatServiceClient)
		if err != nil {
			return err
		}
		defer closingChat()
		r := &reconciler{groups: groups, chat: chat, timeout: o.timeout, out: out}
		if only > 0 {
			err = r.one(ctx, only)
		} else {
			err = r.all(ctx)
		}
		if err == nil && r.differ {
			err = errDiffers
		}
		return err
	}, true
}

// reconciler compares groups and prints each difference.
type reconciler struct {
	groups  grouppb.GroupServiceClient
	chat    chatpb.ChatServiceClient
	timeout time.Duration // of one call
	out     io.Writer
	differ  bool
}

// all compares every group, in the order of ids.
func (r *reconciler) all(ctx context.Context) error {
	for after := int64(0); ; {
		page, err := r.dump(ctx, after, dumpedGroups)
		if err != nil {
			return err
		}
		for _, g := range page {
			if err := r.one(ctx, g.GetGroupId()); err != nil {
				return err
			}
			after = g.GetGroupId()
		}
		if len(page) < dumpedGroups {
			return nil
		}
	}
}

func (r *reconciler) dump(ctx context.Context, after int64, limit int32) ([]*grouppb.Group, error) {
	page, err := within(ctx, r.timeout, func(ctx context.Context) (*grouppb.DumpGroupsResponse, error) {
		return r.groups.DumpGroups(ctx, &grouppb.DumpGroupsRequest{After: after, Limit: limit}, grpc.WaitForReady(true))
	})
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	return page.GetGroups(), nil
}

// one compares one group. While it changes, the two sides may well differ for a moment: only what is the same in two looks in a row
// counts then.
func (r *reconciler) one(ctx context.Context, id int64) error {
	var before []string
	for try := range lookAgain {
		found, still, err := r.look(ctx, id)
		if err != nil {
			return err
		}
		seen := slices.DeleteFunc(slices.Clone(found), func(d string) bool { return !slices.Contains(before, d) })
		if still || len(seen) == len(found) || try == lookAgain-1 {
			if still {
				seen = found
			}
			r.print(id, seen)
			return nil
		}
		before = found
	}
	return nil
}

func (r *reconciler) print(id int64, differences []string) {
	for _, d := range differences {
		r.differ = true
		fmt.Fprintf(r.out, "group %d: %s\n", id, d)
	}
}

// look compares one group once, and reports whether it stood still meanwhile.
func (r *reconciler) look(ctx context.Context, id int64) (differences []string, still bool, err error) {
	before, err := r.read(ctx, id)
	if err != nil {
		return nil, false, err
	}
	_, err = within(ctx, r.timeout, func(ctx context.Context) (*grouppb.FlushOutboxResponse, error) {
		return r.groups.FlushOutbox(ctx, &grouppb.FlushOutboxRequest{GroupId: id}, grpc.WaitForReady(true))
	})
	c := comparison{group: before}
	if err != nil { // chat-service refuses what is in it, or is away, which the comparison itself finds out
		c.differ("its outbox cannot be sent: %s", errs.From(err).Reason)
	}
	if err := c.run(ctx, r); err != nil {
		return nil, false, err
	}
	after, err := r.read(ctx, id)
	return c.found, after.GetVersion() == before.GetVersion(), err
}

func (r *reconciler) read(ctx context.Context, id int64) (*grouppb.Group, error) {
	page, err := r.dump(ctx, id-1, 1)
	if err == nil && (len(page) == 0 || page[0].GetGroupId() != id) {
		err = errs.ErrGroupNotFound
	}
	if err != nil {
		return nil, err
	}
	return page[0], nil
}

// member is a member as either side has it.
type member struct {
	user  int64
	role  string
	muted int64 // until, unix milliseconds
}

// comparison goes through the members of both sides of one group in the order of ids.
type comparison struct {
	group *grouppb.Group
	found []string
	chat  *chatpb.DumpGroupResponse // its last page
}

func (c *comparison) differ(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *comparison) run(ctx context.Context, r *reconciler) error {
	ours := &reader{read: func(after int64) ([]member, error) { return c.ours(ctx, r, after) }}
	theirs := &reader{read: func(after int64) ([]member, error) { return c.theirs(ctx, r, after) }}
	for {
		a, err := ours.peek()
		if err != nil {
			return err
		}
		b, err := theirs.peek()
		if errors.Is(err, errs.ErrConversationNotFound) {
			c.differ("chat-service does not know it")
			return nil
		}
		if err != nil {
			return err
		}
		if a == nil && b == nil {
			c.compareGroups(ours.count, theirs.count)
			return nil
		}
		c.step(a, b, ours, theirs)
	}
}

// step compares the two next members; either is nil at the end of its side.
func (c *comparison) step(a, b *member, ours, theirs *reader) {
	switch {
	case b == nil || a != nil && a.user < b.user:
		c.differ("member %d: missing in chat-service", a.user)
		ours.next()
	case a == nil || b.user < a.user:
		c.differ("member %d: in chat-service only", b.user)
		theirs.next()
	default:
		if a.role != b.role {
			c.differ("member %d: %s, in chat-service %s", a.user, a.role, b.role)
		}
		if a.muted != b.muted {
			c.differ("member %d: muted until %d, in chat-service until %d", a.user, a.muted, b.muted)
		}
		ours.next()
		theirs.next()
	}
}

// compareGroups compares what is known beside the members, of which there were so many on each side.
func (c *comparison) compareGroups(ours, theirs int64) {
	g := c.group
	if n := int64(g.GetMemberCount()); n != ours {
		c.differ("counts %d members, has %d", n, ours)
	}
	if n := c.chat.GetMemberCount(); n != theirs {
		c.differ("chat-service counts %d members, has %d", n, theirs)
	}
	if g.GetDismissed() != c.chat.GetDismissed() {
		c.differ("dismissed: %t, in chat-service %t", g.GetDismissed(), c.chat.GetDismissed())
	}
	s := c.chat.GetSettings()
	if s == nil {
		return
	}
	if g.GetMutedAllUntil() != s.GetMutedAllUntil() {
		c.differ("muted until %d, in chat-service until %d", g.GetMutedAllUntil(), s.GetMutedAllUntil())
	}
	if g.GetSlowModeSeconds() != s.GetSlowModeSeconds() {
		c.differ("slow mode of %d s, in chat-service of %d s", g.GetSlowModeSeconds(), s.GetSlowModeSeconds())
	}
	if g.GetMentionAllRole() != s.GetMentionAllRole() {
		c.differ("%s may mention all, in chat-service %s", g.GetMentionAllRole(), s.GetMentionAllRole())
	}
}

func (c *comparison) ours(ctx context.Context, r *reconciler, after int64) ([]member, error) {
	page, err := within(ctx, r.timeout, func(ctx context.Context) (*grouppb.DumpMembersResponse, error) {
		return r.groups.DumpMembers(ctx, &grouppb.DumpMembersRequest{
			GroupId: c.group.GetGroupId(), After: after, Limit: dumpedMembers,
		}, grpc.WaitForReady(true))
	})
	if err != nil {
		return nil, fmt.Errorf("list members of group %d: %w", c.group.GetGroupId(), err)
	}
	members := make([]member, 0, len(page.GetMembers()))
	for _, m := range page.GetMembers() {
		members = append(members, member{m.GetUserId(), m.GetRole(), m.GetMutedUntil()})
	}
	return members, nil
}

func (c *comparison) theirs(ctx context.Context, r *reconciler, after int64) (members []member, err error) {
	id := model.GroupConversationID(model.GroupID(c.group.GetGroupId()))
	c.chat, err = within(ctx, r.timeout, func(ctx context.Context) (*chatpb.DumpGroupResponse, error) {
		return r.chat.DumpGroup(ctx, &chatpb.DumpGroupRequest{
			ConversationId: string(id), After: after, Limit: dumpedMembers,
		}, grpc.WaitForReady(true))
	})
	if err != nil {
		return nil, fmt.Errorf("list members of %s: %w", id, err)
	}
	for _, m := range c.chat.GetMembers() {
		members = append(members, member{m.GetUserId(), m.GetRole(), m.GetMutedUntil()})
	}
	return members, nil
}

// reader goes through the members of one side.
type reader struct {
	read  func(after int64) ([]member, error)
	page  []member
	last  int64
	ended bool
	count int64
}

// peek answers the next member, nil at the end.
func (r *reader) peek() (*member, error) {
	if len(r.page) == 0 && !r.ended {
		page, err := r.read(r.last)
		if err != nil {
			return nil, err
		}
		r.page, r.ended = page, len(page) < dumpedMembers
	}
	if len(r.page) == 0 {
		return nil, nil //nolint:nilnil // the end
	}
	return &r.page[0], nil
}

// next goes on to the member after.
func (r *reader) next() {
	r.last = r.page[0].user
	r.page = r.page[1:]
	r.count++
}
