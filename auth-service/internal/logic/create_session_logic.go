package logic

import (
	"context"

	"im-backend/auth-service/internal/session"
	"im-backend/auth-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/authpb"
)

// CreateSessionLogic serves one call.
type CreateSessionLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCreateSessionLogic is called by the generated server for every call.
func NewCreateSessionLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CreateSessionLogic {
	return &CreateSessionLogic{ctx: ctx, svcCtx: svcCtx}
}

// CreateSession starts a session for a device after a login and ends the sessions that the device policy says.
func (l *CreateSessionLogic) CreateSession(in *authpb.CreateSessionRequest) (*authpb.CreateSessionResponse, error) {
	created, tokens, err := l.svcCtx.Sessions.Create(l.ctx, session.Login{
		User: model.UserID(in.GetUserId()), Device: deviceIn(in.GetDevice()), IP: in.GetIp(), PasswordVersion: in.GetPasswordVersion(),
	})
	if err != nil {
		return nil, err
	}
	return &authpb.CreateSessionResponse{Session: sessionOf(created), Tokens: tokensOf(tokens)}, nil
}
