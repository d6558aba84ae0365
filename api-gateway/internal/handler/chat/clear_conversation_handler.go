// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/chat"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// ClearConversationHandler decodes, calls the logic and encodes.
func ClearConversationHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.ConversationPath
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		err := chat.NewClearConversationLogic(r.Context(), svcCtx).ClearConversation(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, nil)
	}
}
