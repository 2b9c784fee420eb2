"""A broker below a page of a Flask application: `python examples/serve_flask.py [PORT]`."""

import sys

from flask import Flask
from serve_wsgiref import application
from werkzeug.middleware.dispatcher import DispatcherMiddleware

app = Flask(__name__)
app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/exec": application})  # type: ignore[method-assign]


@app.get("/")
def page() -> str:
    """Whatever else the application does."""
    return "ask at /exec/offers\n"


if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8000, threaded=True)
