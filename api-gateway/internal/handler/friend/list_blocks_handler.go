// Code scaffolded by goctl. Safe to edit.

package friend

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/friend"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// ListBlocksHandler decodes, calls the logic and encodes.
func ListBlocksHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.ListBlocksRequest
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		resp, err := friend.NewListBlocksLogic(r.Context(), svcCtx).ListBlocks(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, resp)
	}
}
