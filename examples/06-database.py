# Needs: asyncpg, PostgreSQL
import asyncio
import os

import asyncpg

USERS = [(1, "Ada", 20), (2, "Grace", 30), (3, "O'Hara", 0)]


async def create_users(database):
    await database.execute("CREATE TEMPORARY TABLE users (id int PRIMARY KEY, name text, coins int CHECK (coins >= 0))")
    for user in USERS:
        await database.execute("INSERT INTO users VALUES ($1, $2, $3)", *user)


async def show_users(database):
    for user in await database.fetch("SELECT * FROM users ORDER BY id"):
        print(f"  {user['name']} has {user['coins']}")


async def transfer(database, giver, taker, coins):
    print(f"{giver} gives {coins} to {taker}")
    try:
        async with database.transaction():
            await database.execute("UPDATE users SET coins = coins + $1 WHERE name = $2", coins, taker)
            await database.execute("UPDATE users SET coins = coins - $1 WHERE name = $2", coins, giver)
    except asyncpg.PostgresError:
        print("  refused: the database allows nobody less than nothing")
    await show_users(database)


async def main():
    database = await asyncpg.connect(os.environ.get("DATABASE_URL"))
    try:
        await create_users(database)
        await show_users(database)
        await transfer(database, "Grace", "O'Hara", 10)
        await transfer(database, "Ada", "O'Hara", 50)
    finally:
        await database.close()


asyncio.run(main())
