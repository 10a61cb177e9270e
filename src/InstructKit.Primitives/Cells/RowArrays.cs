using System.Buffers;

namespace InstructKit.Cells;

/// <summary>Arrays that hold rows and pages. Small ones come from the shared pool, which would keep large ones per thread, and the garbage collector
/// is in no hurry to free them: large ones are kept here instead, a limited number for all threads together. Thread-safe.</summary>
internal static class RowArrays
{
    private const int Large = 1 << 20;
    private const long MaxKept = 64 << 20;
    private const long Garbage = 32 << 20;

    private static readonly Lock Access = new();
    private static readonly List<byte[]> Kept = [];
    private static long KeptBytes;
    private static long DroppedBytes;

    /// <summary>Rents an array of at least <paramref name="count"/> bytes, but not of a multiple.</summary>
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

    /// <summary>Returns an array to this class or to the shared pool.</summary>
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
                var smallest = Kept.MinBy(kept => kept.Length)!; // there is one: every kept array has a size
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
