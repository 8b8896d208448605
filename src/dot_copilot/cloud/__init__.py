"""The application in one container of a platform that gives it a port and keeps its data elsewhere, as Azure App Service does.

The same door (nginx, from the same template), API, worker and gateway as on a laptop; a Valkey beside them
unless there is a Redis.
"""
