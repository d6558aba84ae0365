// Code scaffolded by goctl. Safe to edit.

package {{.PkgName}}

import (
	"net/http"

	"im-backend/common/utils/httpedge"
	{{.ImportPackages}}
)

// {{.HandlerName}} decodes, calls the logic and encodes.
func {{.HandlerName}}(svcCtx *svc.ServiceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		{{if .HasRequest}}var req types.{{.RequestType}}
		if err := httpedge.Decode(r, &req); err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		{{end}}{{if .HasResp}}resp, err := {{else}}err := {{end}}{{.LogicName}}.New{{.LogicType}}(r.Context(), svcCtx).{{.Call}}({{if .HasRequest}}&req{{end}})
		if err != nil {
			httpedge.Fail(w, r, err)
			return
		}
		httpedge.Reply(w, r, {{if .HasResp}}resp{{else}}nil{{end}})
	}
}
