using System.Buffers;

namespace InstructKit.Cells;

/// <summary>Arrays that rows and pages are put into. Small ones are of the shared pool. That pool keeps large ones for every thread by itself, and the collector
/// is in no hurry with them either: they are kept here, few enough of them for all threads together. Safe to use from several threads.</summary>
internal static class RowArrays
{
    private const int Large = 1 << 20;
    private const long MaxKept = 64 << 20;
    private const long Garbage = 32 << 20;

    private static readonly Lock Access = new();
    private static readonly List<byte[]> Kept = [];
    private static long KeptBytes;
    private static long DroppedBytes;

    /// <summary>Lends an array of at least <paramref name="count"/> bytes, and not of a multiple.</summary>
    public static byte[] Rent(int count)
    {
        if (count <= Large) return ArrayPool<byte>.Shared.Rent(count);

        lock (Access)
        {
            var best = -1;
            for (var i = 0; i < Kept.Count; i++)
            {
                if (Kept[i].Length >= count && Kept[i].Length <= 2L * count && (best < 0 || Kept[i].Length < Kept[best].Length)) best = i;
            }

            if (best >= 0)
            {
                var array = Kept[best];
                Kept.RemoveAt(best);
                KeptBytes -= array.Length;
                return array;
            }
        }

        return GC.AllocateUninitializedArray<byte>(count);
    }

    /// <summary>Takes an array back, of this class or of the shared pool.</summary>
    public static void Return(byte[] array)
    {
        if (array.Length <= Large)
        {
            if (array.Length > 0) ArrayPool<byte>.Shared.Return(array);

            return;
        }

        lock (Access)
        {
            Kept.Add(array);
            KeptBytes += array.Length;
            while (KeptBytes > MaxKept)
            {
                var smallest = Kept.MinBy(kept => kept.Length)!; // there is one: what is kept has a size
                Kept.Remove(smallest);
                KeptBytes -= smallest.Length;
                DroppedBytes += smallest.Length;
            }

            if (DroppedBytes >= Garbage)
            {
                DroppedBytes = 0;
                GC.Collect();
            }
        }
    }
}
