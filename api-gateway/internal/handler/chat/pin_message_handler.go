// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/chat"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// PinMessageHandler decodes, calls the logic and encodes.
func PinMessageHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.MessagePath
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		err := chat.NewPinMessageLogic(r.Context(), svcCtx).PinMessage(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, nil)
	}
}
