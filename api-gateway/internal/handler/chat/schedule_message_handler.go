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

// ScheduleMessageHandler decodes, calls the logic and encodes.
func ScheduleMessageHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		req := types.ScheduleMessageRequest{Message: new(json.RawMessage)} // as it was sent
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		resp, err := chat.NewScheduleMessageLogic(r.Context(), svcCtx).ScheduleMessage(&req)
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, resp)
	}
}
