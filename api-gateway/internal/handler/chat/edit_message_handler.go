// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"encoding/json"
	"net/http"

	"im-backend/api-gateway/internal/logic/chat"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// EditMessageHandler decodes, calls the logic and encodes.
func EditMessageHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// Decode fills the raw JSON in its place: the content keeps its text, large numbers included.
		req := types.EditMessageRequest{Content: new(json.RawMessage)}
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		resp, err := chat.NewEditMessageLogic(r.Context(), svcCtx).EditMessage(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, resp)
	}
}
