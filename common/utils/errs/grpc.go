package errs

import (
	"context"
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"
)

// domain marks our ErrorInfo details.
const domain = "im"

// grpcCode maps a kind to a code. Kinds that a user can cause have codes that do not open go-zero's breakers; that is why
// RateLimited is Aborted and not ResourceExhausted.
func (k Kind) grpcCode() codes.Code {
	switch k {
	case Invalid:
		return codes.InvalidArgument
	case Unauthenticated:
		return codes.Unauthenticated
	case Forbidden:
		return codes.PermissionDenied
	case NotFound, MethodNotAllowed:
		return codes.NotFound
	case Conflict:
		return codes.AlreadyExists
	case TooLarge:
		return codes.OutOfRange
	case RateLimited:
		return codes.Aborted
	case Unavailable:
		return codes.Unavailable
	case Timeout:
		return codes.DeadlineExceeded
	case Internal:
		return codes.Internal
	}
	return codes.Internal
}

// code is that of the kind, but for a service that says when to come back: it is alive and only sheds load, so a breaker is not to
// keep everybody else away from it.
func (e *Error) code() codes.Code {
	if e.Kind == Unavailable && e.RetryAfter > 0 {
		return codes.Aborted
	}
	return e.Kind.grpcCode()
}

// GRPCStatus lets grpc send an Error as it is: code, message and reason, never the cause.
func (e *Error) GRPCStatus() *status.Status {
	st := status.New(e.code(), e.Message)
	details := []protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: e.Reason, Domain: domain}}
	if len(e.Fields) > 0 {
		bad := &errdetails.BadRequest{}
		for _, f := range e.Fields {
			bad.FieldViolations = append(bad.FieldViolations,
				&errdetails.BadRequest_FieldViolation{Field: f.Field, Description: f.Message})
		}
		details = append(details, bad)
	}
	if e.RetryAfter > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(e.RetryAfter)})
	}
	if withDetails, err := st.WithDetails(details...); err == nil {
		return withDetails
	}
	return st
}

// FromGRPC makes an Error of what a gRPC call returned. Errors of the transport itself become ErrUnavailable or ErrTimeout.
func FromGRPC(err error) error {
	if err == nil {
		return nil
	}
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	st, ok := status.FromError(err)
	if !ok {
		return From(err)
	}
	if e := fromDetails(st); e != nil {
		return e
	}
	switch st.Code() {
	case codes.Unavailable:
		return ErrUnavailable.Because(err)
	case codes.DeadlineExceeded, codes.Canceled:
		return ErrTimeout.Because(err)
	case codes.OK:
		return nil
	default:
		return From(unwrapped(err))
	}
}

// unwrapped keeps breaker and context errors visible to From, whatever wrapped them.
func unwrapped(err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return context.DeadlineExceeded
	}
	return err
}

func fromDetails(st *status.Status) *Error {
	var e *Error
	var fields []Field
	retry := &errdetails.RetryInfo{}
	for _, detail := range st.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			if d.GetDomain() == domain {
				c := *ByReason(d.GetReason())
				c.Message = st.Message()
				e = &c
			}
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				fields = append(fields, Field{Field: v.GetField(), Message: v.GetDescription()})
			}
		case *errdetails.RetryInfo:
			retry = d
		}
	}
	if e != nil {
		e.Fields = fields
		e.RetryAfter = retry.GetRetryDelay().AsDuration()
	}
	return e
}
