// Code scaffolded by goctl. Safe to edit.

package user

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/user"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// GetPresenceHandler decodes, calls the logic and encodes.
func GetPresenceHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.GetPresenceRequest
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		resp, err := user.NewGetPresenceLogic(r.Context(), svcCtx).GetPresence(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, resp)
	}
}
