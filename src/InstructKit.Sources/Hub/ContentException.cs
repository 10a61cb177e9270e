namespace InstructKit.Sources.Hub;

/// <summary>Bytes that are not those that were announced.</summary>
/// <param name="message">What differs, for people.</param>
internal sealed class ContentException(string message) : Exception(message);
