// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/chatpb"
)

// ListEditsLogic serves one call.
type ListEditsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListEditsLogic is called by the handler for every call.
func NewListEditsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListEditsLogic {
	return &ListEditsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListEdits answers what a message has said, the oldest first.
func (l *ListEditsLogic) ListEdits(req *types.MessagePath) (*types.VersionList, error) {
	seq, err := input.PathMessage(req.Id, req.Seq)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.ListEdits(l.ctx, &chatpb.ListEditsRequest{
		UserId: caller.UserID(l.ctx), ConversationId: req.Id, Seq: seq,
	})
	if err != nil {
		return nil, fmt.Errorf("list edits: %w", err)
	}
	return &types.VersionList{Items: view.List(got.GetVersions(), newVersion)}, nil
}
