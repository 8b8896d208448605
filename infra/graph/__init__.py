"""The program's resources as data: built without a cloud, so that they can be drawn, priced, compared and checked."""
