// Code scaffolded by goctl. Safe to edit.

package user

import (
	"net/http"

	"im-backend/api-gateway/internal/logic/user"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/utils/httpedge"
)

// ExportDataHandler decodes and calls the logic, which writes the answer line by line.
func ExportDataHandler(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req types.ExportDataRequest
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		err := user.NewExportDataLogic(r.Context(), svcCtx).ExportData(&req, r.Header.Get("Authorization"), w)
		if err != nil {
			httpedge.Fail(w, r, err)
		}
	}
}
