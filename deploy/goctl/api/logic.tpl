// Code scaffolded by goctl. Safe to edit.

package {{.pkgName}}

import (
	{{.imports}}
)

// {{.logic}} serves one call.
type {{.logic}} struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// New{{.logic}} is called by the handler for every call.
func New{{.logic}}(ctx context.Context, svcCtx *svc.ServiceContext) *{{.logic}} {
	return &{{.logic}}{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

{{if .hasDoc}}{{.doc}}{{end}}
func (l *{{.logic}}) {{.function}}({{.request}}) {{.responseType}} {
	{{.returnString}}
}
