// Code scaffolded by goctl. Safe to edit.

// Package socket takes the upgrade request to the entrance.
package socket

import (
	"context"
	"net/http"

	"im-backend/ws-gateway/internal/svc"
	"im-backend/ws-gateway/internal/types"
)

// ConnectLogic serves one call.
type ConnectLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewConnectLogic is called by the handler for every call.
func NewConnectLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ConnectLogic {
	return &ConnectLogic{ctx: ctx, svcCtx: svcCtx}
}

// Connect upgrades to a WebSocket.
func (l *ConnectLogic) Connect(w http.ResponseWriter, r *http.Request, req *types.ConnectRequest) error {
	return l.svcCtx.Entrance.Enter(w, r, req.Ticket)
}
