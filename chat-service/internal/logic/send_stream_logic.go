package logic

import (
	"context"
	"errors"
	"io"

	"im-backend/chat-service/internal/sending"
	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

// SendStreamLogic serves one call.
type SendStreamLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSendStreamLogic is called by the generated server for every call.
func NewSendStreamLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SendStreamLogic {
	return &SendStreamLogic{ctx: ctx, svcCtx: svcCtx}
}

// SendStream is Send in batches: results come in any order, each under its item's request_id.
func (l *SendStreamLogic) SendStream(stream chatpb.ChatService_SendStreamServer) error {
	sends := l.svcCtx.Sending.NewStream()
	reading := make(chan error, 1)
	go func() { reading <- readSends(stream, sends) }() // ends with the stream, which ends when this call returns
	reply := func(answers []sending.Answer) error { return stream.Send(answersOf(answers)) }
	for {
		select {
		case <-sends.Ready():
			if err := reply(sends.Answers()); err != nil {
				return err
			}
		case err := <-reading:
			return errors.Join(err, sends.Drain(reply))
		case <-l.svcCtx.Stopping:
			if err := sends.Drain(reply); err != nil {
				return err
			}
			return errs.ErrUnavailable.Saying("the instance is stopping")
		}
	}
}

// readSends submits what comes, in its order, until the gateway closes its side.
func readSends(stream chatpb.ChatService_SendStreamServer, sends *sending.Stream) error {
	for {
		batch, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, item := range batch.GetItems() {
			sends.Submit(sending.Item{
				RequestID: item.GetRequestId(), Sender: model.UserID(item.GetSend().GetSenderId()),
				Draft: draftOf(item.GetSend().GetMessage()), Trace: item.GetSend().GetTraceparent(),
			})
		}
	}
}

func answersOf(answers []sending.Answer) *chatpb.SendStreamResponse {
	out := &chatpb.SendStreamResponse{Results: make([]*chatpb.SendResult, len(answers))}
	for i, a := range answers {
		r := &chatpb.SendResult{RequestId: a.RequestID}
		if a.Err != nil {
			r.Result = &chatpb.SendResult_Failure{Failure: failureOf(a.Err)}
		} else {
			r.Result = &chatpb.SendResult_Ok{Ok: sendResponseOf(a.Result)}
		}
		out.Results[i] = r
	}
	return out
}
