using InstructKit.Screening;
using Xunit;

namespace InstructKit.Tests.Screening;

public sealed class HeldOutKeysTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)]
    [InlineData(5000, 100_000)]
    [InlineData(5000, 5000)]
    [InlineData(5000, 4999)]
    [InlineData(5000, 700)]
    [InlineData(256, 255)]
    public void Keys_are_found_in_memory_and_on_the_disk(int rows, int memoryRows)
    {
        var hash = new KeyedHash(1, "test", "keys");
        UInt128 Key(int i) => new(hash[i], hash[i, 1]);
        using (var keys = new HeldOutKeys(_scratch.Path, memoryRows))
        {
            // Row i belongs to task i mod 3; every fifth row occurs twice, and once more in another task.
            Dictionary<(int Key, int Task), int> expected = [];
            void Add(int i, int task)
            {
                keys.Add(Key(i), task);
                expected[(i, task)] = expected.GetValueOrDefault((i, task)) + 1;
            }

            for (var i = 0; i < rows; i++)
            {
                Add(i, i % 3);
                if (i % 5 != 0) continue;

                Add(i, i % 3);
                Add(i, 65535);
            }

            keys.Finish();
            Assert.Equal(expected.Values.Sum(), keys.Count);
            HashSet<long> seen = [];
            for (var i = 0; i < rows; i++)
            {
                var found = keys.RowsAt(keys.Find(Key(i))).ToList();
                Assert.Equal(expected.Where(pair => pair.Key.Key == i).OrderBy(pair => pair.Key.Task).Select(pair => (pair.Key.Task, (long)pair.Value)), found.Select(row => (row.Task, row.Rows)));
                Assert.All(found, row => Assert.True(seen.Add(row.First)));
                if (rows > 1000 && i > 300) i += 37;
            }

            for (var i = rows; i < rows + 500; i++) Assert.Equal(-1, keys.Find(Key(i)));
        }

        Assert.Empty(Directory.GetFiles(_scratch.Path));
    }
}
