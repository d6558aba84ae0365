// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/chat"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// ListScheduledMessagesHandler decodes, calls the logic and encodes.
func ListScheduledMessagesHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.ListScheduledRequest
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		resp, err := chat.NewListScheduledMessagesLogic(r.Context(), svcCtx).ListScheduledMessages(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, resp)
	}
}
