package svc

import (
	"context"
	"errors"
	"time"

	"im-backend/common/model"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
	"im-backend/ws-gateway/internal/hub"
)

// memberships is chat-service as the hub sees it.
type memberships struct{ chat chatpb.ChatServiceClient }

// OpenWindows implements hub.Memberships.
func (m memberships) OpenWindows(ctx context.Context, users []model.UserID) ([]hub.Membership, error) {
	ids := make([]int64, 0, len(users))
	for _, id := range users {
		ids = append(ids, int64(id))
	}
	answer, err := m.chat.ListRooms(ctx, &chatpb.ListRoomsRequest{UserIds: ids})
	if err != nil {
		return nil, err //nolint:wrapcheck // typed
	}
	windows := make([]hub.Membership, 0, len(answer.GetRooms()))
	for _, r := range answer.GetRooms() {
		windows = append(windows, hub.Membership{
			User: model.UserID(r.GetUserId()), Room: r.GetConversationId(),
			From: model.Seq(r.GetFromSeq()), At: model.Seq(r.GetAtSeq()),
		})
	}
	return windows, nil
}

// MovedHeads implements hub.Heads.
func (m memberships) MovedHeads(ctx context.Context, users []model.UserID, since time.Time) (map[model.UserID][]frame.Head, error) {
	in := &chatpb.ListHeadsRequest{UserIds: make([]int64, 0, len(users)), Since: since.UnixMilli()}
	for _, id := range users {
		in.UserIds = append(in.UserIds, int64(id))
	}
	answer, err := m.chat.ListHeads(ctx, in)
	if err != nil {
		return nil, err //nolint:wrapcheck // typed
	}
	heads := map[model.UserID][]frame.Head{}
	for _, h := range answer.GetHeads() {
		id := model.UserID(h.GetUserId())
		heads[id] = append(heads[id], frame.Head{ConversationID: h.GetConversationId(), MaxSeq: h.GetMaxSeq()})
	}
	return heads, nil
}

// sessions is auth-service as the entrance and the hub see it.
type sessions struct{ auth authpb.AuthServiceClient }

// Authenticate implements entrance.Credentials.
func (s sessions) Authenticate(ctx context.Context, token, ip string) (conn.Identity, error) {
	answer, err := s.auth.Authenticate(ctx, &authpb.AuthenticateRequest{AccessToken: token, Ip: ip})
	return identity(answer.GetIdentity()), away(err)
}

// RedeemTicket implements entrance.Credentials.
func (s sessions) RedeemTicket(ctx context.Context, ticket string) (conn.Identity, error) {
	answer, err := s.auth.RedeemTicket(ctx, &authpb.RedeemTicketRequest{Ticket: ticket})
	return identity(answer.GetIdentity()), away(err)
}

// Alive implements hub.Sessions.
func (s sessions) Alive(ctx context.Context, who []conn.Identity) (map[int64]bool, error) {
	in := &authpb.CheckSessionsRequest{Identities: make([]*authpb.Identity, 0, len(who))}
	for _, i := range who {
		in.Identities = append(in.Identities, &authpb.Identity{
			UserId: int64(i.User), SessionId: i.Session, DeviceId: i.Device, Platform: i.Platform,
		})
	}
	answer, err := s.auth.CheckSessions(ctx, in)
	if err != nil {
		return nil, err //nolint:wrapcheck // typed
	}
	alive := make(map[int64]bool, len(answer.GetAliveSessionIds()))
	for _, id := range answer.GetAliveSessionIds() {
		alive[id] = true
	}
	return alive, nil
}

func identity(i *authpb.Identity) conn.Identity {
	return conn.Identity{
		User: model.UserID(i.GetUserId()), Session: i.GetSessionId(), Device: i.GetDeviceId(), Platform: i.GetPlatform(),
	}
}

// away says of an auth-service that does not answer what it is to the client: not available, try again.
func away(err error) error {
	if errors.Is(err, errs.ErrTimeout) {
		return errs.ErrUnavailable.Because(err)
	}
	return err
}
