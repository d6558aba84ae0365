package rpcx

import (
	"context"

	"github.com/zeromicro/go-zero/core/logc"
	"google.golang.org/grpc"

	"im-backend/common/utils/errs"
)

// unaryServerErrors turns every error into a typed one and logs those that are our fault. It is the one place where a
// service logs a failed call.
func unaryServerErrors(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	resp, err := handler(ctx, req)
	if err != nil {
		return nil, typed(ctx, info.FullMethod, err)
	}
	return resp, nil
}

func streamServerErrors(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if err := handler(srv, stream); err != nil {
		return typed(stream.Context(), info.FullMethod, err)
	}
	return nil
}

func typed(ctx context.Context, method string, err error) error {
	e := errs.From(err)
	refused.WithLabelValues(e.Reason).Inc()
	if e.Kind == errs.Internal {
		logc.Errorw(ctx, "rpc failed", logc.Field("method", method), logc.Field("error", err.Error()))
	}
	return e
}

// unaryClientErrors gives callers typed errors.
func unaryClientErrors(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn,
	invoker grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	return errs.FromGRPC(invoker(ctx, method, req, reply, cc, opts...))
}
