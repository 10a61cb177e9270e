using System.Globalization;
using System.IO.Hashing;
using InstructKit.Diagnostics;
using InstructKit.Pipeline;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Tasks;

namespace InstructKit.Building;

/// <summary>Finds rows of one file that are both trained on and held out, under whatever names of tasks. Disjoint slices of one file are allowed.</summary>
internal static class SharedRows
{
    /// <summary>Fails when there are such rows; looks at files only where both sides have the same one.</summary>
    /// <exception cref="DiagnosticException">IK2020, one finding for each pair of tasks.</exception>
    public static void Refuse(ResolvedPlan resolved)
    {
        var train = Slices(resolved, TaskUse.Train);
        var heldOut = Slices(resolved, TaskUse.HeldOut);
        heldOut.AddRange(Slices(resolved with { Tasks = resolved.Unselected }, TaskUse.HeldOut));
        Fingerprints same = new([.. train.Select(slice => slice.Split)], [.. heldOut.Select(slice => slice.Split)]);
        List<Diagnostic> found = [];
        HashSet<(string, string)> pairs = [];
        foreach (var (own, mine) in train)
        {
            foreach (var (other, theirs) in heldOut)
            {
                if (pairs.Contains((own.Task.Key, other.Task.Key)) || !same.Share(mine, theirs)) continue;

                var shared = RowsOf(own, mine, same).SelectMany(_ => RowsOf(other, theirs, same), (a, b) => (a.File, Rows: a.Id == b.Id ? Math.Min(a.To, b.To) - Math.Max(a.From, b.From) : 0))
                    .Where(pair => pair.Rows > 0)
                    .ToList();
                if (shared.Count == 0) continue;

                pairs.Add((own.Task.Key, other.Task.Key));
                var rows = shared[0].Rows >= long.MaxValue / 2 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{shared.Sum(pair => pair.Rows)} ");
                found.Add(new Diagnostic(
                    TaskCodes.Leak,
                    Severity.Error,
                    $"'{own.Task.Key}' cannot be trained on: it reads {rows}rows of {shared[0].File.Label} that are held out as '{other.Task.Key}' ({own.Data.Slices[mine.Slice]} and {other.Data.Slices[theirs.Slice]})."));
            }
        }

        if (found.Count == 0) return;

        found[^1] = found[^1] with { Hint = "Take it out of the training tasks, hold out something else, give the tasks disjoint slices, or use --on-leak drop." };
        throw new DiagnosticException(found);
    }

    private static List<(ResolvedTask Task, Read Split)> Slices(ResolvedPlan resolved, TaskUse use) =>
    [
        .. from task in resolved.Tasks
           where task.Use == use
           from output in task.Outputs
           where output.Split != OutputSplit.Test
           select (task, new Read(output.Slice, task.Data.Splits[task.Data.Slices[output.Slice].Split])),
    ];

    // Row ranges of the slice in each of its files; a row that belongs to a slice of higher priority is not in it.
    private static IEnumerable<(string Id, SourceFile File, long From, long To)> RowsOf(ResolvedTask task, Read read, Fingerprints same)
    {
        var split = task.Data.Slices[read.Slice].Split;
        var ranges = SliceRanges.Of(task.Task, task.Data, split);
        var pieces = ranges.First(range => range.Slice == read.Slice).Pieces;
        foreach (var over in ranges.Where(range => range.Outranks(read.Slice)).SelectMany(range => range.Pieces))
            pieces = [.. pieces.SelectMany(piece => ((long, long)[])[(piece.From, Math.Min(piece.To, over.From)), (Math.Max(piece.From, over.To), piece.To)])];

        foreach (var part in read.Parts)
        {
            var start = 0L;
            foreach (var file in part.Files)
            {
                var last = ReferenceEquals(file, part.Files[^1]);
                var isWhole = pieces is [(0, long.MaxValue)];
                var end = last || isWhole ? long.MaxValue : start + RowPass.Count(task.Data.Layout.Source, [part with { Files = [file] }]);
                foreach (var (from, to) in pieces)
                {
                    var (first, behind) = (Math.Max(from, start), Math.Min(to, end));
                    if (first < behind) yield return (same.Of(file.Path), file, first - start, behind == long.MaxValue ? behind : behind - start);
                }

                start = isWhole ? 0 : end;
            }
        }
    }

    private sealed record Read(SliceKind Slice, IReadOnlyList<SourcePart> Parts)
    {
        public IEnumerable<string> Paths => Parts.SelectMany(part => part.Files).Select(file => file.Path);
    }

    /// <summary>Which paths are one file: the same after links, or of the same bytes. Only files of equal size on both sides are read.</summary>
    private sealed class Fingerprints
    {
        private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

        public Fingerprints(IReadOnlyList<Read> train, IReadOnlyList<Read> heldOut)
        {
            var left = train.SelectMany(read => read.Paths).ToHashSet(StringComparer.Ordinal);
            var right = heldOut.SelectMany(read => read.Paths).ToHashSet(StringComparer.Ordinal);
            if (left.Count == 0 || right.Count == 0) return;

            foreach (var path in left.Union(right)) _ids[path] = FileIdentity.Of(path);

            // One file on both sides is known without being read.
            foreach (var group in _ids.Keys.GroupBy(SizeOf).Where(group => group.Key > 0).ToList())
            {
                List<string> paths = [.. group];
                if (paths.Exists(left.Contains) && paths.Exists(right.Contains) && paths.Select(path => _ids[path]).Distinct(StringComparer.Ordinal).Skip(1).Any())
                    paths.ForEach(path => _ids[path] = HashOf(path) ?? _ids[path]);
            }
        }

        public string Of(string path) => _ids[path];

        public bool Share(Read train, Read heldOut) => train.Paths.Select(Of).Intersect(heldOut.Paths.Select(Of), StringComparer.Ordinal).Any();

        private static long SizeOf(string path) => new FileInfo(path) is { Exists: true } file ? file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length : -1;

        private static string? HashOf(string path)
        {
            try
            {
                using var stream = new InputFile(new SourceFile(path, path));
                var hash = new XxHash128();
                hash.Append(stream);
                return Convert.ToHexStringLower(hash.GetCurrentHash());
            }
            catch (Exception exception) when (exception is DiagnosticException or IOException)
            {
                // What cannot be read fails where its rows are read, with the reason.
                return null;
            }
        }
    }
}
