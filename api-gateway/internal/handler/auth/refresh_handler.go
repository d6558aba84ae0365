// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/auth"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// RefreshHandler decodes, calls the logic and encodes.
func RefreshHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.RefreshRequest
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		resp, err := auth.NewRefreshLogic(r.Context(), svcCtx).Refresh(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, resp)
	}
}
