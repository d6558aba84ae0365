package outbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/zeromicro/go-zero/core/logc"
	"google.golang.org/protobuf/proto"
	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/failpoint"
)

// ErrRefused is what Flush answers when chat-service refused a row for good; the row is parked and does not block others.
var ErrRefused = errors.New("refused for good")

const drainPage = 100

// sentPoint is where a test may have this process fail: chat-service has a row, which is still in the outbox.
var sentPoint = failpoint.New("outbox/sent")

// Flush sends everything of one aggregate now. It returns nil only when nothing of it is pending; after an error the
// background goes on. Errors: ErrRefused, what chat-service answered, what the database answered, the end of ctx.
func (r *Relay) Flush(ctx context.Context, aggregate model.ConversationID) error {
	refused, err := r.drain(ctx, string(aggregate))
	if err != nil {
		r.enqueue(string(aggregate)) // the caller may be gone before the next sweep
	} else if refused > 0 {
		err = ErrRefused
	}
	if err != nil {
		return fmt.Errorf("flush outbox of %s: %w", aggregate, err)
	}
	return nil
}

// Confirm is Flush that also fails when a row of the aggregate which was put there at a time or later is parked, whoever tried to
// send it and when. So a command, or the repeat of one, is not taken for told when it never will be. Errors: as Flush.
func (r *Relay) Confirm(ctx context.Context, aggregate model.ConversationID, since time.Time) error {
	if err := r.Flush(ctx, aggregate); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	var parked []int64
	err := r.db.WithContext(ctx).Model(&model.OutboxRow{}).
		Where("aggregate = ? AND status = ? AND created_at >= ?", string(aggregate), statusParked, since.UnixMilli()).
		Limit(1).Pluck("id", &parked).Error
	if err == nil && len(parked) > 0 {
		err = ErrRefused
	}
	if err != nil {
		return fmt.Errorf("confirm outbox of %s: %w", aggregate, err)
	}
	return nil
}

// drain sends the rows of an aggregate in order until there are none, and answers how many were refused for good.
func (r *Relay) drain(ctx context.Context, aggregate string) (refused int, err error) {
	unlock, err := r.turns.lock(ctx, aggregate)
	if err != nil {
		return 0, err
	}
	defer unlock()
	for {
		rows, err := r.pending(ctx, aggregate)
		if err != nil || len(rows) == 0 {
			return refused, err
		}
		n, err := r.sendAll(ctx, rows)
		refused += n
		if err != nil {
			return refused, err
		}
	}
}

func (r *Relay) pending(ctx context.Context, aggregate string) ([]model.OutboxRow, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	var rows []model.OutboxRow
	err := r.db.WithContext(ctx).Where("aggregate = ? AND status = ?", aggregate, statusPending).
		Order("id").Limit(drainPage).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return rows, nil
}

// sendAll sends rows in order, stops at the first that has to wait and deletes the ones before it.
func (r *Relay) sendAll(ctx context.Context, rows []model.OutboxRow) (refused int, err error) {
	sent := make([]int64, 0, len(rows))
	for _, row := range rows {
		if err = r.send(ctx, row); err == nil {
			err = sentPoint.Hit(row.Aggregate)
		}
		if isRefusal(err) {
			if err = r.park(ctx, row, err); err == nil {
				refused++
				continue
			}
		}
		if err != nil {
			retriedTotal.WithLabelValues(r.service).Inc()
			break
		}
		sent = append(sent, row.ID)
	}
	return refused, errors.Join(err, r.remove(ctx, sent))
}

// send hands one row to chat-service.
func (r *Relay) send(ctx context.Context, row model.OutboxRow) error {
	ctx, cancel := context.WithTimeout(ctx, r.config.SendTimeout)
	defer cancel()
	switch row.Kind {
	case kindAppend:
		req := &chatpb.AppendRequest{}
		if err := proto.Unmarshal(row.Payload, req); err != nil {
			return errs.ErrInvalidArgument.Because(err)
		}
		req.AppendId = r.service + ":" + strconv.FormatInt(row.ID, 10)
		_, err := r.chat.Append(ctx, req)
		return err
	case kindRelation:
		req := &chatpb.SetRelationRequest{}
		if err := proto.Unmarshal(row.Payload, req); err != nil {
			return errs.ErrInvalidArgument.Because(err)
		}
		req.Version = row.ID
		_, err := r.chat.SetRelation(ctx, req)
		return err
	}
	return errs.ErrInvalidArgument.Saying("unknown kind of outbox row")
}

// isRefusal reports whether sending the same row again is useless. A missing credential or a rate limit is ours to mend, so
// the row waits.
func isRefusal(err error) bool {
	if err == nil {
		return false
	}
	switch errs.From(err).Kind {
	case errs.Invalid, errs.Forbidden, errs.NotFound, errs.Conflict, errs.TooLarge, errs.MethodNotAllowed:
		return true
	default:
		return false
	}
}

// park moves a refused row aside, for an operator to look at.
func (r *Relay) park(ctx context.Context, row model.OutboxRow, cause error) error {
	err := r.write(ctx, func(tx *gorm.DB) error {
		return tx.Model(&model.OutboxRow{}).Where("id = ?", row.ID).Update("status", statusParked).Error
	})
	if err != nil {
		return fmt.Errorf("park outbox row: %w", err)
	}
	parkedTotal.WithLabelValues(r.service).Inc()
	logc.Errorw(ctx, "outbox row refused", logc.Field("service", r.service), logc.Field("aggregate", row.Aggregate),
		logc.Field("id", row.ID), logc.Field("kind", row.Kind), logc.Field("error", cause.Error()))
	return nil
}

func (r *Relay) remove(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	sentTotal.WithLabelValues(r.service).Add(float64(len(ids)))
	err := r.write(ctx, func(tx *gorm.DB) error { return tx.Delete(&model.OutboxRow{}, ids).Error })
	if err != nil {
		return fmt.Errorf("delete from outbox: %w", err)
	}
	return nil
}

func (r *Relay) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	return r.db.Tx(ctx, fn)
}
