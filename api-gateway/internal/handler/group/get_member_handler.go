// Code scaffolded by goctl. Safe to edit.

package group

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/group"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// GetMemberHandler decodes, calls the logic and encodes.
func GetMemberHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.MemberPath
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		resp, err := group.NewGetMemberLogic(r.Context(), svcCtx).GetMember(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, resp)
	}
}
