package messages

import (
	"strconv"
	"time"
)

// HTTPError is the error of a REST call that was answered with a status that is no success; 0: it was not answered.
func HTTPError(status int) ErrorInfo {
	if status == 0 {
		return ErrorInfo{Name: "AxiosError", Message: "Network Error"}
	}
	return ErrorInfo{Name: "AxiosError", Message: "Request failed with status code " + strconv.Itoa(status)}
}

// TimeoutError is the error of a REST call that nobody answered in time.
func TimeoutError(after time.Duration) ErrorInfo {
	return ErrorInfo{Name: "AxiosError", Message: "timeout of " + strconv.FormatInt(after.Milliseconds(), 10) + "ms exceeded"}
}
