// Code scaffolded by goctl. Safe to edit.

package group

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/group"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// BanUserHandler decodes, calls the logic and encodes.
func BanUserHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.MemberPath
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		err := group.NewBanUserLogic(r.Context(), svcCtx).BanUser(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, nil)
	}
}
