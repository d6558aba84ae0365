// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/auth"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// ListSessionsHandler decodes, calls the logic and encodes.
func ListSessionsHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.ListSessionsRequest
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		res, err := auth.NewListSessionsLogic(r.Context(), svcCtx).ListSessions(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, res)
	}
}
