package {{.packageName}}

import (
	"context"
	"errors"

	{{.imports}}
)

// {{.logicName}} serves one call.
type {{.logicName}} struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// New{{.logicName}} is called by the generated server for every call.
func New{{.logicName}}(ctx context.Context, svcCtx *svc.ServiceContext) *{{.logicName}} {
	return &{{.logicName}}{ctx: ctx, svcCtx: svcCtx}
}
{{.functions}}
