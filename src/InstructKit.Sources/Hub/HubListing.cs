using System.Text.Json;

namespace InstructKit.Sources.Hub;

/// <summary>Asks the hub for the commit of a revision and for its files.</summary>
/// <param name="client">Sends the requests.</param>
/// <param name="settings">Where the hub is and who asks.</param>
internal sealed class HubListing(HubClient client, HubSettings settings)
{
    private const int MaxPages = 1000;

    // A page has a thousand files of about 300 bytes; 256 MiB are about a million files.
    private const long MaxBytes = 256 << 20;

    private readonly HubRefusals _refusals = new(settings);

    /// <summary>The commit that a branch or tag points to.</summary>
    /// <exception cref="DiagnosticException">It is not available (IK80xx).</exception>
    public async Task<string> CommitAsync(string id, string revision, CancellationToken cancel)
    {
        var answer = await client.GetAsync(client.At($"api/datasets/{id}/revision/{Uri.EscapeDataString(revision)}"), id, cancel).ConfigureAwait(false);
        using var document = Parse(answer, id);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("sha", out var sha) && sha.ValueKind == JsonValueKind.String
            && sha.GetString() is { } commit && ContentHash.IsCommit(commit)
            ? commit
            : throw _refusals.Bad(id, $"it names no commit for '{revision}'");
    }

    /// <summary>All files of a commit, page by page. Files without a usable path or hash are omitted: they could not be used.</summary>
    /// <exception cref="DiagnosticException">They are not available (IK80xx).</exception>
    public async Task<HubTree> TreeAsync(HubSnapshot snapshot, CancellationToken cancel)
    {
        List<HubFile> files = [];
        var page = client.At($"api/datasets/{snapshot.Id}/tree/{snapshot.Commit}?recursive=true");
        var bytes = 0L;
        HashSet<Uri> visited = [];
        for (var pages = 0; page is not null; pages++)
        {
            if (!visited.Add(page)) throw _refusals.Bad(snapshot.Id, "its list of files comes back to a page that it had before");

            if (pages == MaxPages) throw _refusals.Bad(snapshot.Id, $"its list of files has more than {MaxPages} pages");

            var answer = await client.GetAsync(page, snapshot.Id, cancel).ConfigureAwait(false);
            bytes += answer.Body.Length;
            if (bytes > MaxBytes) throw _refusals.Bad(snapshot.Id, $"its list of files is larger than {MaxBytes >> 20} MiB");

            using var document = Parse(answer, snapshot.Id);
            if (document.RootElement.ValueKind != JsonValueKind.Array) throw _refusals.Bad(snapshot.Id, "its list of files is not a list");

            try
            {
                files.AddRange(document.RootElement.EnumerateArray().Select(entry => FileOf(entry, snapshot.Id)).OfType<HubFile>());
            }
            catch (InvalidOperationException exception)
            {
                // A string with a lone surrogate parses but cannot be read.
                throw new DiagnosticException(_refusals.Bad(snapshot.Id, "a path in it is not text").Diagnostics, exception);
            }

            page = answer.Next;
        }

        return new HubTree(snapshot, [.. files.DistinctBy(file => file.Path).OrderBy(file => file.Path, StringComparer.Ordinal)]);
    }

    private HubFile? FileOf(JsonElement entry, string id)
    {
        if (entry.ValueKind != JsonValueKind.Object || Text(entry, "type") != "file" || Text(entry, "path") is not { } path) return null;

        if (!HubNames.IsSafePath(path) || settings.Token?.Hide(path) is { } hidden && hidden != path)
            throw _refusals.Bad(id, $"the path '{path}' could lead out of its folder");

        var large = entry.TryGetProperty("lfs", out var lfs) && lfs.ValueKind == JsonValueKind.Object ? lfs : entry;
        return ContentHash.TryParse(Text(large, "oid"), out var hash) && large.TryGetProperty("size", out var size) && size.TryGetInt64(out var bytes) && bytes >= 0
            ? new HubFile(path, bytes, hash)
            : null;
    }

    private JsonDocument Parse(HubAnswer answer, string id)
    {
        try
        {
            return JsonDocument.Parse(answer.Body);
        }
        catch (JsonException exception)
        {
            throw new DiagnosticException(_refusals.Bad(id, "it is not JSON").Diagnostics, exception);
        }
    }

    private static string? Text(JsonElement entry, string key) => entry.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
