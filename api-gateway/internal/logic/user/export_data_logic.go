// Code scaffolded by goctl. Safe to edit.

package user

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/export"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

// ExportDataLogic serves one call.
type ExportDataLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewExportDataLogic is called by the handler for every call.
func NewExportDataLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ExportDataLogic {
	return &ExportDataLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// busy is when to try again while as many exports run as may.
const busy = 10 * time.Second

// ExportData streams the caller's own data as JSON lines. It answers an error only when nothing is written yet.
func (l *ExportDataLogic) ExportData(req *types.ExportDataRequest, authorization string, w http.ResponseWriter) error {
	_, token, _ := strings.Cut(authorization, " ") // the middleware has admitted it
	out, err := export.New(l.svcCtx.Clients, caller.Identity(l.ctx), strings.TrimSpace(token), caller.Address(l.ctx), req.Cursor, w)
	if err != nil {
		return err
	}
	select {
	case l.svcCtx.Exports <- struct{}{}:
		defer func() { <-l.svcCtx.Exports }()
	default:
		return errs.ErrUnavailable.Saying("too many exports run at the same time").After(busy)
	}
	starting, cancel := context.WithTimeout(l.ctx, l.svcCtx.Config.EdgeTimeout())
	defer cancel()
	if _, err := l.svcCtx.Chat.StartExport(starting, &chatpb.StartExportRequest{UserId: caller.UserID(l.ctx)}); err != nil {
		return fmt.Errorf("start export: %w", err)
	}
	ctx, end := context.WithTimeout(l.ctx, l.svcCtx.Config.Export.Timeout)
	defer end()
	defer context.AfterFunc(l.svcCtx.Stopping, end)()
	if err := out.Run(ctx); err != nil {
		l.Infof("export ended: %v", err) // the client has gone
	}
	return nil
}
