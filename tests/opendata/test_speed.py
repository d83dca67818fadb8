import time, pytest
from django.test import Client
from tests.opendata.rows import *
@pytest.mark.django_db
def test_speed():
    make_everything()
    c=Client(); l=[]
    for a in all_addresses():
        t=time.time(); r=c.get(a); b"".join(r); l.append((round(time.time()-t,3),a))
    print(sorted(l)[-25:], sum(x for x,_ in l))
