package main

import (
	"net/url"
	"testing"
)

// The edition that is measured is the example of the program as it is: whoever adds a
// room to the one has it in the other.
func TestTheExampleIsFilledForMeasuring(t *testing.T) {
	f, err := fill(t.Context(), t.TempDir(), 400, &url.URL{Scheme: "http", Host: "127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	if f.delegates != 400 || len(f.codes) < 400 || f.staff == "" || len(f.devices) != devices {
		t.Errorf("%d delegates, %d codes, %d devices", f.delegates, len(f.codes), len(f.devices))
	}
}
