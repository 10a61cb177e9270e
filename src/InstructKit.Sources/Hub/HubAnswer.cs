namespace InstructKit.Sources.Hub;

/// <summary>A page of an answer.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="Next">Address of the next page, or null.</param>
internal sealed record HubAnswer(byte[] Body, Uri? Next);
