package demo

import (
	"time"

	"hoinghi/conference/vietnamese"
)

// Moment gives the time at which the demo's clock starts: the morning before the
// conference, when registration is still open and the reception desk hands out the
// folders of the delegations that arrive early.
func Moment() time.Time { return time.Date(2022, time.October, 12, 8, 0, 0, 0, vietnamese.Zone()) }
