"""The popular template's style: FastAPI, a sync route, a SQLAlchemy session a request, a response model."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, ConfigDict
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

SECRET = os.environ["BENCH_JWT_SECRET"]
engine = create_engine(os.environ["BENCH_DSN"].replace("postgresql://", "postgresql+psycopg://"))
app = FastAPI()
TokenDep = Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="login"))]


class Base(DeclarativeBase):
    """The declarative base."""


class Driver(Base):
    """The row."""

    __tablename__ = "bench_driver"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    carrier_id: Mapped[uuid.UUID]
    employee_id: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    date_of_birth: Mapped[date]
    email: Mapped[str]
    phone: Mapped[str]
    terminal: Mapped[str]
    hired_on: Mapped[date]
    cdl_number: Mapped[str]
    cdl_state: Mapped[str]
    cdl_class: Mapped[str]
    interstate: Mapped[bool]
    version: Mapped[int]


class DriverPublic(BaseModel):
    """The answer."""

    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    carrier_id: uuid.UUID
    employee_id: str
    first_name: str
    last_name: str
    date_of_birth: date
    email: str
    phone: str
    terminal: str
    hired_on: date
    cdl_number: str
    cdl_state: str
    cdl_class: str
    interstate: bool
    version: int


def get_session() -> Iterator[Session]:
    """A session a request."""
    with Session(engine) as session:
        yield session


def get_claims(token: TokenDep) -> dict[str, object]:
    """The checked claims."""
    claims: dict[str, object] = jwt.decode(token, SECRET, algorithms=["HS256"])
    return claims


@app.get("/drivers/{driver_id}", response_model=DriverPublic, dependencies=[Depends(get_claims)])
def read_driver(driver_id: uuid.UUID, session: Annotated[Session, Depends(get_session)]) -> Driver:
    """One driver."""
    driver = session.get(Driver, driver_id)
    if driver is None:
        raise HTTPException(404, "no such driver")
    return driver
