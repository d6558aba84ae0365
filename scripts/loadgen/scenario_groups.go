package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/zeromicro/go-zero/core/discov"
	"github.com/zeromicro/go-zero/zrpc"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/rpcx"
)

const (
	onlineIn       = 100 // one member in so many is online
	crowdInFlight  = 4   // messages of a group that are not everywhere yet
	importAtOnce   = 1000
	importTimeout  = 30 * time.Second // for one entry
	importDialTime = 10 * time.Second
)

// groups measures what a message to a group costs, for groups of growing size: it is to grow with those who are online alone.
func groups(ctx context.Context, w *world) error {
	for _, size := range []int{10, 1_000, 10_000, 100_000} {
		if size = min(size, w.opts.crowd); w.opts.etcd == "" {
			size = min(size, w.opts.room)
		}
		if err := w.crowded(ctx, size); err != nil {
			return err
		}
		if size == w.opts.crowd || (w.opts.etcd == "" && size == w.opts.room) {
			break
		}
	}
	return nil
}

// spent is what everything has used up to now.
type spent struct {
	counters
	usage map[string]usage
	bytes int64
	sends int64
}

func (r *room) spent(ctx context.Context) (spent, error) {
	c, err := r.world.opts.count(ctx)
	return spent{c, r.world.opts.procs.read(), r.world.received.Load(), r.numbers.Load()}, err
}

// crowded measures one group.
func (w *world) crowded(ctx context.Context, size int) error {
	online, err := w.people(ctx, max(size/onlineIn, 1))
	if err != nil {
		return err
	}
	conversation, err := w.crowd(ctx, online, size)
	if err != nil {
		return err
	}
	r, err := w.enter(ctx, conversation, online, 1, 0)
	if err != nil {
		return err
	}
	defer r.finish(ctx)
	r.keepUp(crowdInFlight)
	_ = pause(ctx, w.opts.warmUp)
	before, err := r.spent(ctx)
	if err != nil {
		return err
	}
	_ = pause(ctx, w.opts.duration)
	after, err := r.spent(ctx)
	if err != nil {
		return err
	}
	w.tellSpent(fmt.Sprintf("%d members, %d online: ", size, len(online)), before, after)
	return nil
}

// tellSpent adds what each message cost to the report.
func (w *world) tellSpent(group string, before, after spent) {
	sends := float64(max(after.sends-before.sends, 1))
	tell := func(what string, value float64, unit string) { w.report.figure("groups", group+what, value, unit) }
	tell("messages", sends/w.opts.duration.Seconds(), "/s")
	for _, name := range []string{"chat-service", "ws-gateway", "imd"} {
		if u, known := after.usage[name]; known {
			tell("CPU per 1,000 messages, "+name, (u.CPU-before.usage[name].CPU).Seconds()/sends*1000, "CPU-s")
		}
	}
	if w.opts.mysql != "" {
		tell("statements per message", float64(after.statements-before.statements)/sends, "")
	}
	if w.opts.redis != "" {
		tell("Redis commands per message", float64(after.commands-before.commands)/sends, "")
	}
	tell("bytes pushed to devices per message", float64(after.bytes-before.bytes)/sends, "B")
}

// crowd makes a group of some people and of members whom nobody but chat-service knows, up to a size. Without Etcd all members
// are people.
func (w *world) crowd(ctx context.Context, online []*person, size int) (string, error) {
	if w.opts.etcd == "" {
		members, err := w.people(ctx, size)
		if err != nil {
			return "", err
		}
		return w.group(ctx, "groups", members)
	}
	w.progress.say("importing a group of %d", size)
	first := time.Now().UnixMicro() // no id of a user or a group is so small
	members := make([]*logpb.MemberChange, 0, size)
	for _, p := range online {
		id, err := strconv.ParseInt(p.id, 10, 64)
		if err != nil {
			return "", fmt.Errorf("import: %w", err)
		}
		members = append(members, joining(id))
	}
	members[0].Role = "owner"
	for i := len(members); i < size; i++ {
		members = append(members, joining(first+int64(i)))
	}
	conversation := "g:" + strconv.FormatInt(first, 10)
	return conversation, w.importMembers(ctx, conversation, members)
}

func joining(user int64) *logpb.MemberChange {
	return &logpb.MemberChange{UserId: user, Kind: logpb.MemberChange_KIND_JOINED, Role: "member"}
}

// importMembers writes a group's log as group-service would.
func (w *world) importMembers(ctx context.Context, conversation string, members []*logpb.MemberChange) error {
	dialling, cancel := context.WithTimeout(ctx, importDialTime)
	defer cancel()
	conn, err := rpcx.Dial(dialling, zrpc.RpcClientConf{
		Etcd:    discov.EtcdConf{Hosts: strings.Split(w.opts.etcd, ","), Key: "chat.rpc"},
		Timeout: importTimeout.Milliseconds(), NonBlock: true,
	}, mtls.Config{})
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer func() { _ = conn.Close() }()
	chat := chatpb.NewChatServiceClient(conn)
	for done := 0; done < len(members); done += importAtOnce {
		appending, cancel := context.WithTimeout(ctx, importTimeout)
		_, err := chat.Append(appending, &chatpb.AppendRequest{
			AppendId: strconv.Itoa(done), ConversationId: conversation, Content: []byte(`{"event":"member.joined"}`),
			Creates: done == 0, Changes: members[done:min(done+importAtOnce, len(members))],
		})
		cancel()
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
	}
	return nil
}
