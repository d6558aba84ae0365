// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/auth"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// RevokeSessionHandler decodes, calls the logic and encodes.
func RevokeSessionHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.SessionPath
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		err := auth.NewRevokeSessionLogic(r.Context(), svcCtx).RevokeSession(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, nil)
	}
}
