// Code scaffolded by goctl. Safe to edit.

package user

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/user"
	"im-backend/api-gateway/internal/svc"
	"im-backend/common/utils/httpedge"
)

// GetProfileHandler decodes, calls the logic and encodes.
func GetProfileHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		resp, err := user.NewGetProfileLogic(r.Context(), svcCtx).GetProfile()
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, resp)
	}
}
