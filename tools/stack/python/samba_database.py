"""Opens the database of a stopped Samba domain controller."""

import os

import ldb
from samba import param
from samba.auth import system_session
from samba.credentials import Credentials
from samba.samdb import SamDB


def open_database(folder, fast=False, **settings):
    """Returns (SamDB, LoadParm) for the domain controller in `folder`.

    `fast` leaves out fsync and prepares for one large transaction: the result is archived or thrown away as a whole,
    so a crash in between costs nothing. `settings` are smb.conf options by keyword, blanks written as underscores.
    """
    parameters = param.LoadParm()
    parameters.load(os.path.join(folder, "etc", "smb.conf"))
    for name, value in settings.items():
        parameters.set(name, value)
    credentials = Credentials()
    credentials.guess(parameters)
    flags = ldb.FLG_DONT_CREATE_DB | (ldb.FLG_NOSYNC if fast else 0)
    options = ["batch_mode:1", "transaction_index_cache_size:200000"] if fast else []
    database = SamDB(
        url=os.path.join(folder, "private", "sam.ldb"),
        session_info=system_session(parameters),
        credentials=credentials,
        lp=parameters,
        flags=flags,
        options=options,
    )
    return database, parameters
