package main

import (
	"net/http"
	_ "net/http/pprof"
	"os"

	"github.com/gin-gonic/gin"
	"github.com/labstack/echo/v4"
)

func main() {
	switch os.Args[1] {
	case "gin":
		r := gin.Default()
		r.GET("/", func(c *gin.Context) { c.JSON(200, gin.H{"service": "orders"}) })
		r.GET("/panic", func(c *gin.Context) { panic("boom") })
		_ = r.Run("127.0.0.1:" + os.Args[2])
	case "echo":
		e := echo.New()
		e.GET("/", func(c echo.Context) error { return c.String(200, "Hello, World!") })
		_ = e.Start("127.0.0.1:" + os.Args[2])
	case "files":
		_ = http.ListenAndServe("127.0.0.1:"+os.Args[2], http.FileServer(http.Dir(os.Args[3])))
	case "pprof":
		_ = http.ListenAndServe("127.0.0.1:"+os.Args[2], nil)
	}
}
