// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/auth"
	"im-backend/api-gateway/internal/svc"
	"im-backend/common/utils/httpedge"
)

// LogoutHandler decodes, calls the logic and encodes.
func LogoutHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := auth.NewLogoutLogic(r.Context(), svcCtx).Logout()
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, nil)
	}
}
