// Code scaffolded by goctl. Safe to edit.

// Package socket has the handler of the upgrade request.
package socket

import (
	"net/http"

	"im-backend/common/utils/httpedge"
	"im-backend/ws-gateway/internal/logic/socket"
	"im-backend/ws-gateway/internal/svc"
	"im-backend/ws-gateway/internal/types"
)

// ConnectHandler decodes and calls the logic, which upgrades. It answers errors only: after an upgrade the connection is no
// HTTP any more.
func ConnectHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.ConnectRequest
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		if err := socket.NewConnectLogic(r.Context(), svcCtx).Connect(w, r, &req); err != nil {
			httpedge.Fail(w, r, err)
		}
	}
}
